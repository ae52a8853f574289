/* SPDX-License-Identifier: MIT
 * error.h - the table of errors that the API answers with (behaviour: section 4.3). Pure.
 */
#ifndef MODEL_ERROR_H
#define MODEL_ERROR_H

/* ERROR(symbol, HTTP status, code). Only fault rules (workspace/fault.c) use 429 and 502 to 504,
 * but for too_many_workspaces. too_many_connections is http/conn_limits.c's. */
#define ERRORS(ERROR)                                                                              \
	ERROR(INVALID_REQUEST, 400, "invalid_request")                                             \
	ERROR(INVALID_FIXTURES, 400, "invalid_fixtures")                                           \
	ERROR(VERSION_MISSING, 400, "missing_api_version")                                         \
	ERROR(VERSION_ENDED, 400, "unsupported_api_version")                                       \
	ERROR(VERSION_INVALID, 400, "invalid_api_version")                                         \
	ERROR(DEVICE_INACTIVE, 400, "device_is_inactive")                                          \
	ERROR(DEVICE_ACTIVE, 400, "device_is_active")                                              \
	ERROR(RELEASE_ARCHIVED, 400, "deployment_release_archived")                                \
	ERROR(DEPLOYMENT_RELEASE, 400, "invalid_deployment_release")                               \
	ERROR(DEPLOYMENT_INSTANCES, 400, "invalid_deployment_config_instances")                    \
	ERROR(SCHEMA_TYPE_ARCHIVED, 400, "config_schema_config_type_archived")                     \
	ERROR(RELEASE_TYPE_ARCHIVED, 400, "release_config_type_archived")                          \
	ERROR(INVALID_RELEASE_SCHEMAS, 400, "invalid_release_config_schemas")                      \
	ERROR(INVALID_SCHEMA, 400, "invalid_config_schema")                                        \
	ERROR(INVALID_SLOTS, 400, "invalid_instance_slots")                                        \
	ERROR(FORMAT_UNKNOWN, 400, "cannot_infer_instance_format")                                 \
	ERROR(FORMAT_UNSUPPORTED, 400, "config_instance_format_not_supported")                     \
	ERROR(INSTANCE_INVALID, 400, "config_instance_invalid")                                    \
	ERROR(GROUP_DEPTH, 400, "group_max_depth_exceeded")                                        \
	ERROR(GROUP_PARENT, 400, "invalid_group_parent")                                           \
	ERROR(NOT_DEPLOYABLE, 400, "deployment_not_deployable")                                    \
	ERROR(NOT_ARCHIVABLE, 400, "deployment_not_archivable")                                    \
	ERROR(UNAUTHORIZED, 401, "unauthorized")                                                   \
	ERROR(FORBIDDEN, 403, "forbidden")                                                         \
	ERROR(FOREIGN_ORIGIN, 403, "foreign_origin")                                               \
	ERROR(NOT_FOUND, 404, "resource_not_found")                                                \
	ERROR(METHOD_NOT_ALLOWED, 405, "method_not_allowed")                                       \
	ERROR(PARENT_MISMATCH, 409, "deployment_parent_mismatch")                                  \
	ERROR(DUPLICATE_CONFIG_TYPE_NAME, 409, "duplicate_config_type_name")                       \
	ERROR(DUPLICATE_CONFIG_TYPE_SLUG, 409, "duplicate_config_type_slug")                       \
	ERROR(DUPLICATE_DEVICE_NAME, 409, "duplicate_device_name")                                 \
	ERROR(DUPLICATE_GROUP_NAME, 409, "duplicate_group_name")                                   \
	ERROR(DUPLICATE_RELEASE_VERSION, 409, "duplicate_release_version")                         \
	ERROR(RELEASE_IN_USE, 409, "release_has_unarchived_deployments")                           \
	ERROR(IMPOSSIBLE, 409, "impossible_transition")                                            \
	ERROR(TIMEOUT, 408, "request_timeout")                                                     \
	ERROR(VERIFICATION, 409, "verification_failed")                                            \
	ERROR(TOO_MANY_SNAPSHOTS, 409, "too_many_snapshots")                                       \
	ERROR(BODY_TOO_LARGE, 413, "request_too_large")                                            \
	ERROR(TARGET_TOO_LONG, 414, "uri_too_long")                                                \
	ERROR(CONTENT_ENCODING, 415, "unsupported_content_encoding")                               \
	ERROR(HEAD_TOO_LARGE, 431, "request_header_fields_too_large")                              \
	ERROR(TOO_MANY, 429, "rate_limited")                                                       \
	ERROR(INTERNAL, 500, "internal_server_error")                                              \
	ERROR(NOT_IMPLEMENTED, 501, "not_implemented")                                             \
	ERROR(BAD_GATEWAY, 502, "bad_gateway")                                                     \
	ERROR(UNAVAILABLE, 503, "service_unavailable")                                             \
	ERROR(TOO_MANY_WORKSPACES, 503, "too_many_workspaces")                                     \
	ERROR(GATEWAY_TIMEOUT, 504, "gateway_timeout")

#define ERROR_NUMBER(symbol, status, code) ERR_##symbol,
enum error { ERR_NONE, ERRORS(ERROR_NUMBER) ERR_COUNT };
#undef ERROR_NUMBER

int error_status(enum error e);
const char *error_code(enum error e);
/* The error with that status and code; ERR_NONE if there is none. */
enum error error_find(int status, const char *code);

#endif
