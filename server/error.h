/*
 * error.h - the table of errors: what the API refuses with (behaviour: section 4.3). Pure.
 */
#ifndef ERROR_H
#define ERROR_H

/* ERROR(symbol, HTTP status, code) */
#define ERRORS(ERROR)                                                                              \
	ERROR(INVALID_REQUEST, 400, "invalid_request")                                             \
	ERROR(VERSION_MISSING, 400, "missing_api_version")                                         \
	ERROR(VERSION_ENDED, 400, "unsupported_api_version")                                       \
	ERROR(VERSION_INVALID, 400, "invalid_api_version")                                         \
	ERROR(DEVICE_INACTIVE, 400, "device_is_inactive")                                          \
	ERROR(RELEASE_ARCHIVED, 400, "deployment_release_archived")                                \
	ERROR(DEPLOYMENT_RELEASE, 400, "invalid_deployment_release")                               \
	ERROR(DEPLOYMENT_INSTANCES, 400, "invalid_deployment_config_instances")                    \
	ERROR(NOT_DEPLOYABLE, 400, "deployment_not_deployable")                                    \
	ERROR(NOT_ARCHIVABLE, 400, "deployment_not_archivable")                                    \
	ERROR(UNAUTHORIZED, 401, "unauthorized")                                                   \
	ERROR(FORBIDDEN, 403, "forbidden")                                                         \
	ERROR(NOT_FOUND, 404, "resource_not_found")                                                \
	ERROR(METHOD_NOT_ALLOWED, 405, "method_not_allowed")                                       \
	ERROR(PARENT_MISMATCH, 409, "deployment_parent_mismatch")                                  \
	ERROR(RELEASE_IN_USE, 409, "release_has_unarchived_deployments")                           \
	ERROR(IMPOSSIBLE, 409, "impossible_transition")                                            \
	ERROR(BODY_TOO_LARGE, 413, "request_too_large")                                            \
	ERROR(INTERNAL, 500, "internal_server_error")                                              \
	ERROR(NOT_IMPLEMENTED, 501, "not_implemented")

#define ERROR_NUMBER(symbol, status, code) ERR_##symbol,
enum error { ERR_NONE, ERRORS(ERROR_NUMBER) ERR_COUNT };
#undef ERROR_NUMBER

int error_status(enum error e);
const char *error_code(enum error e);

#endif
