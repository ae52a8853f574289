/* SPDX-License-Identifier: MIT
 * scope.h - the scopes of API keys (behaviour: section 3). Pure.
 *
 * A set of scopes is a 64-bit word. `<resource>:manage` grants every scope of its resource; no
 * other scope grants another.
 */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

/* SCOPE(resource, action), in the order of the documentation. Real keys may also have
 * devices:delete and the scopes of file_rules and upload_collections, which no operation needs. */
#define SCOPES(SCOPE)                                                                              \
	SCOPE(config_instances, manage)                                                            \
	SCOPE(config_instances, read)                                                              \
	SCOPE(config_instances, write)                                                             \
	SCOPE(config_schemas, manage)                                                              \
	SCOPE(config_schemas, read)                                                                \
	SCOPE(config_schemas, write)                                                               \
	SCOPE(config_types, manage)                                                                \
	SCOPE(config_types, read)                                                                  \
	SCOPE(config_types, write)                                                                 \
	SCOPE(deployments, manage)                                                                 \
	SCOPE(deployments, read)                                                                   \
	SCOPE(deployments, write)                                                                  \
	SCOPE(deployments, stage)                                                                  \
	SCOPE(deployments, deploy)                                                                 \
	SCOPE(deployments, archive)                                                                \
	SCOPE(devices, manage)                                                                     \
	SCOPE(devices, read)                                                                       \
	SCOPE(devices, write)                                                                      \
	SCOPE(devices, provision)                                                                  \
	SCOPE(devices, delete)                                                                     \
	SCOPE(file_rules, manage)                                                                  \
	SCOPE(file_rules, read)                                                                    \
	SCOPE(file_rules, write)                                                                   \
	SCOPE(git_commits, manage)                                                                 \
	SCOPE(git_commits, read)                                                                   \
	SCOPE(git_commits, write)                                                                  \
	SCOPE(groups, manage)                                                                      \
	SCOPE(groups, read)                                                                        \
	SCOPE(groups, write)                                                                       \
	SCOPE(provisioning_tokens, manage)                                                         \
	SCOPE(provisioning_tokens, write)                                                          \
	SCOPE(releases, manage)                                                                    \
	SCOPE(releases, read)                                                                      \
	SCOPE(releases, write)                                                                     \
	SCOPE(upload_collections, manage)                                                          \
	SCOPE(upload_collections, read)                                                            \
	SCOPE(upload_collections, write)

#define SCOPE_NUMBER(resource, action) SCOPE_##resource##_##action,
enum scope { SCOPE_FREE /* none is needed */, SCOPES(SCOPE_NUMBER) SCOPE_COUNT };
#undef SCOPE_NUMBER

typedef uint64_t scope_set;

#define SCOPE_ALL  (((scope_set)1 << SCOPE_COUNT) - 1)
#define SCOPE_NONE ((scope_set)0)

/* "deployments:read"; not of SCOPE_FREE. */
const char *scope_name(enum scope s);
/* The other scope that grants `s`: its resource's manage. */
enum scope scope_manage(enum scope s);
/* Find a scope by name; false if there is none. */
bool scope_find(const char *name, enum scope *s);
/* Does a set grant a scope? */
bool scope_allows(scope_set held, enum scope needed);

#endif
