/* SPDX-License-Identifier: MIT
 * authorize.c - scopes of the key against scopes of the operation.
 */
#include "http/authorize.h"

#include "http/exchange.h"

/* Must have the scope, or `other` in its place unless that is SCOPE_FREE. */
static bool need(struct exchange *x, enum scope scope, enum scope other)
{
	if (x->all_scopes || scope_allows(x->key->scopes, scope) ||
	    (other != SCOPE_FREE && scope_allows(x->key->scopes, other)))
		return true;
	fail(x, ERR_FORBIDDEN, "the API key '%s' needs the scope %s (or %s%s%s)", x->key->name,
	     scope_name(scope), other ? scope_name(other) : "", other ? ", or " : "",
	     scope_name(scope_manage(scope)));
	fail_param(x, "scope", scope_name(scope));
	return false;
}

bool authorize(struct exchange *x)
{
	const struct operation *op = x->op;

	return need(x, op->scope, op->or_scope) &&
	       (op->and_scope == SCOPE_FREE || need(x, op->and_scope, SCOPE_FREE));
}

bool authorize_body(struct exchange *x)
{
	const struct operation *op = x->op;

	return !op->by_word.field ||
	       need(x, op->by_word.scopes[body_word(&x->body, op->by_word.field) - 1], SCOPE_FREE);
}
