/* SPDX-License-Identifier: MIT
 * jsonschema.c - walks a value and a compiled schema side by side. Steps and depth are limited, so
 * that no schema takes too long.
 */
#include "schema/jsonschema.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "schema/jsonschema_compile.h"

enum {
	DEPTH_MAX = 1000,    /* of schemas applied within schemas */
	NAMES_MAX = 10,      /* in the list of a message */
	BYTES_PER_STEP = 32, /* of cleared, merged or compared memory */
	DIGITS_PER_STEP = 8, /* of compared numbers */
	COUNT_LEN = 24,      /* a number of items as a text */
};

/* The schema resources on the way from the root, for $dynamicRef. */
struct js_scope {
	const struct js_scope *outer;
	const struct js_resource *resource;
};

struct run {
	const struct jsonschema *schema;
	struct arena *arena;
	long long steps; /* left; negative: it takes too many */
	unsigned depth;
	unsigned quiet;                /* > 0: do not add violations */
	struct regex_matcher *matcher; /* NULL until a pattern is matched; owned */
	struct violation *violations[VIOLATIONS_MAX];
	const struct node *places[VIOLATIONS_MAX]; /* of the violations, in order */
	size_t count;
	/* For the schema that is being applied: */
	const struct js_scope *scope;
	/* For unevaluatedItems and unevaluatedProperties: the items or members of the value that
	 * another keyword has evaluated. NULL if no schema asks. */
	bool *evaluated;
};

/* ---- violations ------------------------------------------------------------------------------ */

/* Is the run over, as the steps are used up, or memory is short? */
static bool is_stopped(const struct run *r)
{
	return r->steps < 0 || r->arena->failed;
}

/* Pay for some steps. False if the run is over. */
static bool pay(struct run *r, size_t steps)
{
	r->steps -= (long long)steps;
	return !is_stopped(r);
}

/* Would a violation of this value be among the first VIOLATIONS_MAX? */
static bool is_wanted(const struct run *r, const struct node *v)
{
	return !r->quiet && !is_stopped(r) &&
	       (r->count < VIOLATIONS_MAX || v->order < r->places[VIOLATIONS_MAX - 1]->order);
}

/* Add a violation, in the order of the values, behind earlier ones of the same value. False. */
static bool add_violation(struct run *r, const struct node *v, const char *message)
{
	struct violation *violation = arena_alloc(r->arena, sizeof *violation);
	size_t place = r->count < VIOLATIONS_MAX ? r->count : VIOLATIONS_MAX - 1;

	if (!violation || !message)
		return false;
	*violation = (struct violation){ .path = jsontree_path(r->arena, v), .message = message };
	r->count = place + 1;
	for (; place > 0 && r->places[place - 1]->order > v->order; place--) {
		r->places[place] = r->places[place - 1];
		r->violations[place] = r->violations[place - 1];
	}
	r->places[place] = v;
	r->violations[place] = violation;
	return false;
}

/* Add a violation with a format, if it is wanted. False. */
#define VIOLATION(r, v, ...)                                                                       \
	(is_wanted((r), (v)) && add_violation((r), (v), arena_printf((r)->arena, __VA_ARGS__)))

static const char *quote(struct run *r, const char *text)
{
	return jsontree_quote(r->arena, text);
}

static const char *show_number(struct run *r, const struct decimal *number)
{
	return jsontree_show_number(r->arena, number);
}

/* A list for a message, which names at most NAMES_MAX. */
struct name_list {
	const char *text; /* NULL: it is empty, or memory is short */
	size_t count;
};

static void list_add(struct run *r, struct name_list *l, const char *text)
{
	if (l->count++ == 0)
		l->text = text;
	else if (l->text && l->count <= NAMES_MAX + 1)
		l->text =
		    arena_printf(r->arena, "%s, %s", l->text, l->count <= NAMES_MAX ? text : "...");
}

/* ---- applying schemas ------------------------------------------------------------------------ */

static bool apply(struct run *r, const struct schema *s, const struct node *v, bool *evaluated);

/* Does the value fit? Adds no violations. */
static bool fits(struct run *r, const struct schema *s, const struct node *v, bool *evaluated)
{
	r->quiet++;

	bool good = apply(r, s, v, evaluated);

	r->quiet--;
	return good;
}

static void free_marks(bool **marks)
{
	free(*marks);
}

/* A mark for each item or member of a value. NULL if the run is over. */
static bool *new_marks(struct run *r, const struct node *v)
{
	if (!pay(r, v->count / BYTES_PER_STEP))
		return NULL;

	bool *marks = calloc(v->count + 1, sizeof *marks);

	if (!marks)
		arena_fail(r->arena);
	return marks;
}

static void mark_evaluated(struct run *r, size_t i)
{
	if (r->evaluated)
		r->evaluated[i] = true;
}

static void add_marks(bool *sum, const bool *marks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sum[i] |= marks[i];
}

/* Does the value fit? If so, keep the marks of the schema. Adds no violations. */
static bool fits_and_marks(struct run *r, const struct schema *s, const struct node *v)
{
	if (!r->evaluated)
		return fits(r, s, v, NULL);

	bool *marks CLEANUP(free_marks) = new_marks(r, v);

	if (!marks || !fits(r, s, v, marks))
		return false; /* NOLINT(clang-analyzer-unix.Malloc): it does not see CLEANUP */
	add_marks(r->evaluated, marks, v->count);
	return true;
}

/* Check further keywords? After a failure only to find more violations. */
static bool may_go_on(const struct run *r, bool good)
{
	return !is_stopped(r) && (good || !r->quiet);
}

/* ---- any value ------------------------------------------------------------------------------- */

static bool check_type(struct run *r, const struct schema *s, const struct node *v)
{
	if (!s->types || s->types & v->type || (s->types & NODE_INTEGER && jsontree_is_integer(v)))
		return true;
	return VIOLATION(r, v, "got %s, want %s", jsontree_type_names(r->arena, v->type),
			 jsontree_type_names(r->arena, s->types));
}

static bool is_collection(const struct node *n)
{
	return n->type == NODE_ARRAY || n->type == NODE_OBJECT;
}

static bool check_enum(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *allowed = s->part[ENUM];
	size_t low = 0, high = allowed ? allowed->count : 0;
	struct name_list list = { 0 };

	if (!allowed)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = jsontree_compare(v, s->enum_values[middle]);

		if (order == 0)
			return true;
		if (!pay(r, v->weight))
			return false;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	if (!is_wanted(r, v))
		return false;
	for (size_t i = 0; i < allowed->count && i <= NAMES_MAX; i++) {
		if (is_collection(allowed->items[i]))
			return VIOLATION(r, v, "'enum' failed");
		list_add(r, &list, jsontree_show(r->arena, allowed->items[i]));
	}
	if (allowed->count == 0)
		return VIOLATION(r, v, "value must be one of none");
	return VIOLATION(r, v, "value must be one of %s", list.text);
}

static bool check_const(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *want = s->part[CONST];

	if (!want || !pay(r, v->weight) || jsontree_compare(v, want) == 0)
		return !is_stopped(r);
	if (is_collection(want))
		return VIOLATION(r, v, "'const' failed");
	return VIOLATION(r, v, "value must be %s", jsontree_show(r->arena, want));
}

/* ---- bounds ---------------------------------------------------------------------------------- */

enum relation { AT_LEAST, AT_MOST, ABOVE, BELOW, MULTIPLE };

/* The result has no meaning if the run is over. */
static bool is_within(struct run *r, const struct decimal *number, enum relation relation,
		      const struct decimal *bound)
{
	int order = relation == MULTIPLE ? 0 : decimal_compare(number, bound);

	if (!pay(r, number->count / DIGITS_PER_STEP))
		return false;
	switch (relation) {
	case AT_LEAST:
		return order >= 0;
	case AT_MOST:
		return order <= 0;
	case ABOVE:
		return order > 0;
	case BELOW:
		return order < 0;
	default:
		return pay(r, decimal_multiple_cost(number, bound)) &&
		       decimal_is_multiple(r->arena, number, bound);
	}
}

/* A number of items, as a text in `text`. */
static struct decimal count_as_decimal(size_t count, char text[COUNT_LEN])
{
	snprintf(text, COUNT_LEN, "%zu", count);
	return decimal_read(text);
}

/* Check a number, or the count of characters, items or members. */
static bool check_bounds(struct run *r, const struct schema *s, const struct node *v)
{
	static const struct {
		enum node_type type;
		enum bound bound;
		enum relation relation;
		const char *name;
	} bounds[] = {
		{ NODE_NUMBER, MINIMUM, AT_LEAST, "minimum" },
		{ NODE_NUMBER, MAXIMUM, AT_MOST, "maximum" },
		{ NODE_NUMBER, EXCLUSIVE_MINIMUM, ABOVE, "exclusiveMinimum" },
		{ NODE_NUMBER, EXCLUSIVE_MAXIMUM, BELOW, "exclusiveMaximum" },
		{ NODE_NUMBER, MULTIPLE_OF, MULTIPLE, "multipleOf" },
		{ NODE_STRING, MIN_LENGTH, AT_LEAST, "minLength" },
		{ NODE_STRING, MAX_LENGTH, AT_MOST, "maxLength" },
		{ NODE_ARRAY, MIN_ITEMS, AT_LEAST, "minItems" },
		{ NODE_ARRAY, MAX_ITEMS, AT_MOST, "maxItems" },
		{ NODE_OBJECT, MIN_PROPERTIES, AT_LEAST, "minProperties" },
		{ NODE_OBJECT, MAX_PROPERTIES, AT_MOST, "maxProperties" },
	};
	char text[COUNT_LEN];
	const struct decimal number =
	    v->type == NODE_NUMBER ? *v->number : count_as_decimal(v->count, text);
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(bounds) && may_go_on(r, good); i++) {
		const struct decimal *want = s->bound[bounds[i].bound];

		if (bounds[i].type != v->type || !want)
			continue;
		if (!is_within(r, &number, bounds[i].relation, want))
			good = VIOLATION(r, v, "%s: got %s, want %s", bounds[i].name,
					 show_number(r, &number), show_number(r, want));
	}
	return good;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static bool matches(struct run *r, const struct regex *re, const char *text)
{
	if (!r->matcher && !is_stopped(r))
		r->matcher = regex_matcher_new(r->arena);
	return !is_stopped(r) && regex_match(re, r->matcher, text, &r->steps);
}

static bool check_pattern(struct run *r, const struct schema *s, const struct node *v)
{
	return !s->pattern || matches(r, s->pattern, v->text) ||
	       VIOLATION(r, v, "%s does not match pattern %s", quote(r, v->text),
			 quote(r, jsontree_get(s->node, "pattern")->text));
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static bool check_unique(struct run *r, const struct schema *s, const struct node *v)
{
	size_t first, second;

	if (!s->unique_items)
		return true;
	if (!pay(r, v->weight))
		return false;
	return !jsontree_equal_items(r->arena, v, &first, &second) ||
	       VIOLATION(r, v, "items at %zu and %zu are equal", first, second);
}

/* Check prefixItems, and items for the rest. */
static bool check_items(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *prefix = s->part[PREFIX_ITEMS];
	size_t fixed = prefix ? prefix->count : 0;
	const struct schema *rest = s->sub[ITEMS];
	bool good = true;

	for (size_t i = 0; i < v->count && may_go_on(r, good); i++) {
		const struct schema *next = i < fixed ? prefix->items[i]->schema : rest;

		if (!next || (i >= fixed && rest->never))
			break;
		good &= apply(r, next, v->items[i], NULL);
		mark_evaluated(r, i);
	}
	if (rest && rest->never && v->count > fixed && may_go_on(r, good))
		good = VIOLATION(r, v, "last %zu items not allowed", v->count - fixed);
	return good;
}

static bool check_contains(struct run *r, const struct schema *s, const struct node *v)
{
	const struct decimal one = decimal_read("1"),
			     *min = s->bound[MIN_CONTAINS] ? s->bound[MIN_CONTAINS] : &one,
			     *max = s->bound[MAX_CONTAINS];
	size_t count = 0;

	if (!s->sub[CONTAINS])
		return true;
	for (size_t i = 0; i < v->count && !is_stopped(r); i++)
		if (fits(r, s->sub[CONTAINS], v->items[i], NULL)) {
			count++;
			mark_evaluated(r, i);
		}
	if (is_stopped(r))
		return false;

	char text[COUNT_LEN];
	const struct decimal found = count_as_decimal(count, text);

	if (decimal_compare(&found, min) < 0 && count == 0)
		return VIOLATION(r, v, "no items match contains schema");
	if (decimal_compare(&found, min) < 0)
		return VIOLATION(r, v,
				 "min %s items required to match contains schema, but matched %zu",
				 show_number(r, min), count);
	if (max && decimal_compare(&found, max) > 0)
		return VIOLATION(r, v,
				 "max %s items required to match contains schema, but matched %zu",
				 show_number(r, max), count);
	return true;
}

/* ---- objects --------------------------------------------------------------------------------- */

/* The member of `object`, which may be NULL, with the key of another object's member, or NULL. */
static const struct node *find_member(struct run *r, const struct node *object,
				      const struct node *other)
{
	return pay(r, 1 + other->key_weight) ? jsontree_get(object, other->key) : NULL;
}

/* Does an object have all members in the list `names`? `if_exists` is the member that requires
 * them, or NULL. */
static bool check_names(struct run *r, const struct node *names, const struct node *v,
			const char *if_exists)
{
	struct name_list missing = { 0 };

	for (size_t i = 0; i < names->count && missing.count <= NAMES_MAX; i++) {
		if (!pay(r, names->items[i]->weight))
			return false;
		if (jsontree_get(v, names->items[i]->text))
			continue;
		if (!is_wanted(r, v))
			return false;
		list_add(r, &missing, quote(r, names->items[i]->text));
	}
	if (missing.count == 0)
		return true;
	if (if_exists)
		return VIOLATION(r, v, "properties %s required, if %s exists", missing.text,
				 quote(r, if_exists));
	return VIOLATION(r, v, "missing propert%s %s", missing.count > 1 ? "ies" : "y",
			 missing.text);
}

static bool check_required(struct run *r, const struct schema *s, const struct node *v)
{
	return !s->part[REQUIRED] || check_names(r, s->part[REQUIRED], v, NULL);
}

/* Check each key as a text. */
static bool check_property_names(struct run *r, const struct schema *s, const struct node *v)
{
	const struct schema *names = s->sub[PROPERTY_NAMES];
	bool good = true;

	for (size_t i = 0; names && i < v->count && may_go_on(r, good); i++) {
		const struct node *member = v->items[i];
		struct node name = { .type = NODE_STRING,
				     .text = member->key,
				     .weight = 1 + member->key_weight };

		if (!pay(r, name.weight))
			return false;
		name.count = utf8_count(name.text);
		if (!fits(r, names, &name, NULL))
			good = VIOLATION(r, v, "invalid propertyName %s", quote(r, member->key));
	}
	return good;
}

/* Check a member by properties, patternProperties and additionalProperties. *evaluated: it has a
 * schema; *extra: it is not allowed. */
static bool check_member(struct run *r, const struct schema *s, const struct node *member,
			 bool *evaluated, bool *extra)
{
	const struct node *own = find_member(r, s->part[PROPERTIES], member),
			  *patterns = s->part[PATTERN_PROPERTIES];
	const struct schema *rest = s->sub[ADDITIONAL_PROPERTIES];
	bool good = !own || apply(r, own->schema, member, NULL);

	*evaluated = own != NULL;
	for (size_t i = 0; patterns && i < patterns->count && may_go_on(r, good); i++)
		if (matches(r, s->patterns[i], member->key)) {
			*evaluated = true;
			good &= apply(r, patterns->items[i]->schema, member, NULL);
		}
	if (*evaluated || !rest || is_stopped(r))
		return good;
	*evaluated = true;
	*extra = rest->never;
	return !*extra && apply(r, rest, member, NULL);
}

static bool check_members(struct run *r, const struct schema *s, const struct node *v)
{
	struct name_list extras = { 0 };
	bool good = true;

	if (!s->part[PROPERTIES] && !s->part[PATTERN_PROPERTIES] && !s->sub[ADDITIONAL_PROPERTIES])
		return true;
	for (size_t i = 0; i < v->count && may_go_on(r, good); i++) {
		bool extra = false, evaluated = false;

		good &= check_member(r, s, v->items[i], &evaluated, &extra);
		if (evaluated)
			mark_evaluated(r, i);
		if (extra && is_wanted(r, v) && extras.count <= NAMES_MAX)
			list_add(r, &extras, quote(r, v->items[i]->key));
	}
	if (extras.count > 0)
		return VIOLATION(r, v, "additional properties %s not allowed", extras.text);
	return good;
}

static bool check_dependent(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *required = s->part[DEPENDENT_REQUIRED],
			  *schemas = s->part[DEPENDENT_SCHEMAS];
	bool good = true;

	for (size_t i = 0; required && i < required->count && may_go_on(r, good); i++)
		if (find_member(r, v, required->items[i]))
			good &= check_names(r, required->items[i], v, required->items[i]->key);
	for (size_t i = 0; schemas && i < schemas->count && may_go_on(r, good); i++)
		if (find_member(r, v, schemas->items[i]))
			good &= apply(r, schemas->items[i]->schema, v, r->evaluated);
	return good;
}

/* ---- schemas for the same value -------------------------------------------------------------- */

static bool check_ref(struct run *r, const struct schema *s, const struct node *v)
{
	return !s->sub[REF] || apply(r, s->sub[REF], v, r->evaluated);
}

/* The schema is that of the outermost resource that has the dynamic anchor. */
static bool check_dynamic_ref(struct run *r, const struct schema *s, const struct node *v)
{
	const struct schema *target = s->sub[DYNAMIC_REF];
	const struct js_scope *scope = s->dynamic_anchor ? r->scope : NULL;

	for (; scope && pay(r, 1 + strlen(s->dynamic_anchor) / BYTES_PER_STEP);
	     scope = scope->outer) {
		const struct schema *found =
		    jsonschema_dynamic(r->schema, scope->resource, s->dynamic_anchor);

		target = found ? found : target;
	}
	return !target || apply(r, target, v, r->evaluated);
}

static bool check_all_of(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *all = s->part[ALL_OF];
	bool good = true;

	for (size_t i = 0; all && i < all->count && may_go_on(r, good); i++)
		good &= apply(r, all->items[i]->schema, v, r->evaluated);
	return good;
}

/* Add the violations of each branch, as none of them fits. False. */
static bool report_branches(struct run *r, const struct node *branches, const struct node *v)
{
	for (size_t i = 0; i < branches->count && may_go_on(r, false); i++)
		apply(r, branches->items[i]->schema, v, NULL);
	return false;
}

static bool check_any_of(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *any = s->part[ANY_OF];
	bool good = false;

	for (size_t i = 0; any && i < any->count && !is_stopped(r) && (!good || r->evaluated); i++)
		good |= fits_and_marks(r, any->items[i]->schema, v);
	return good || !any || report_branches(r, any, v);
}

static bool check_one_of(struct run *r, const struct schema *s, const struct node *v)
{
	const struct node *one = s->part[ONE_OF];
	size_t found = SIZE_MAX;

	for (size_t i = 0; one && i < one->count && !is_stopped(r); i++) {
		if (!fits_and_marks(r, one->items[i]->schema, v))
			continue;
		if (found != SIZE_MAX)
			return VIOLATION(r, v, "'oneOf' failed, subschemas %zu, %zu matched", found,
					 i);
		found = i;
	}
	return found != SIZE_MAX || !one || report_branches(r, one, v);
}

static bool check_not(struct run *r, const struct schema *s, const struct node *v)
{
	return !s->sub[NOT] || !fits(r, s->sub[NOT], v, NULL) || VIOLATION(r, v, "'not' failed");
}

static bool check_if(struct run *r, const struct schema *s, const struct node *v)
{
	if (!s->sub[IF])
		return true;

	const struct schema *next = s->sub[fits_and_marks(r, s->sub[IF], v) ? THEN : ELSE];

	return !is_stopped(r) && (!next || apply(r, next, v, r->evaluated));
}

/* Check what no other keyword has evaluated. */
static bool check_unevaluated(struct run *r, const struct schema *s, const struct node *v)
{
	const struct schema *rest =
	    s->sub[v->type == NODE_ARRAY ? UNEVALUATED_ITEMS : UNEVALUATED_PROPERTIES];
	struct name_list extras = { 0 };
	bool good = true;

	for (size_t i = 0; i < v->count && pay(r, 1) && may_go_on(r, good); i++) {
		const struct node *item = v->items[i];

		if (r->evaluated[i])
			continue;
		r->evaluated[i] = true;
		if (!rest->never)
			good &= apply(r, rest, item, NULL);
		else if (!is_wanted(r, v))
			good = false;
		else if (extras.count <= NAMES_MAX)
			list_add(r, &extras,
				 item->key ? quote(r, item->key)
					   : arena_printf(r->arena, "%zu", item->index));
	}
	if (extras.count > 0)
		return VIOLATION(r, v, "unevaluated %s %s not allowed",
				 v->type == NODE_ARRAY ? "items at" : "properties", extras.text);
	return good;
}

/* ---- one schema ------------------------------------------------------------------------------ */

static bool check_keywords(struct run *r, const struct schema *s, const struct node *v)
{
	enum {
		ANY =
		    NODE_NULL | NODE_BOOLEAN | NODE_NUMBER | NODE_STRING | NODE_ARRAY | NODE_OBJECT
	};
	static const struct {
		unsigned types; /* of the values that the check is for */
		bool (*check)(struct run *r, const struct schema *s, const struct node *v);
	} checks[] = {
		{ ANY, check_type },
		{ ANY, check_enum },
		{ ANY, check_const },
		{ NODE_NUMBER | NODE_STRING | NODE_ARRAY | NODE_OBJECT, check_bounds },
		{ NODE_STRING, check_pattern },
		{ NODE_ARRAY, check_unique },
		{ NODE_ARRAY, check_items },
		{ NODE_ARRAY, check_contains },
		{ NODE_OBJECT, check_required },
		{ NODE_OBJECT, check_property_names },
		{ NODE_OBJECT, check_members },
		{ NODE_OBJECT, check_dependent },
		{ ANY, check_ref },
		{ ANY, check_dynamic_ref },
		{ ANY, check_all_of },
		{ ANY, check_any_of },
		{ ANY, check_one_of },
		{ ANY, check_not },
		{ ANY, check_if },
	};
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(checks) && may_go_on(r, good); i++)
		if (checks[i].types & v->type)
			good &= checks[i].check(r, s, v);
	return good;
}

/* Check a schema that has unevaluatedItems or unevaluatedProperties for the value. */
static bool check_marking(struct run *r, const struct schema *s, const struct node *v)
{
	bool *outer = r->evaluated, *marks CLEANUP(free_marks) = new_marks(r, v);

	r->evaluated = marks;

	bool good = marks && check_keywords(r, s, v);

	if (marks && may_go_on(r, good))
		good &= check_unevaluated(r, s, v);
	if (good && outer)
		add_marks(outer, marks, v->count);
	return good; /* NOLINT(clang-analyzer-unix.Malloc): as above */
}

/* Does the value fit the schema? If not, adds violations, unless the run is quiet. Marks in
 * `evaluated`, unless it is NULL, what keywords have evaluated. */
static bool apply(struct run *r, const struct schema *s, const struct node *v, bool *evaluated)
{
	if (!pay(r, 1))
		return false;
	if (!s->node)
		return !s->never || VIOLATION(r, v, "false schema");
	if (r->depth == DEPTH_MAX) {
		r->steps = -1;
		return false;
	}

	const struct js_scope *outer = r->scope, entered = { outer, s->resource };
	bool *outer_marks = r->evaluated;
	bool needs_marks = (v->type == NODE_ARRAY && s->sub[UNEVALUATED_ITEMS]) ||
			   (v->type == NODE_OBJECT && s->sub[UNEVALUATED_PROPERTIES]);

	if (!outer || outer->resource != s->resource)
		r->scope = &entered;
	r->evaluated = evaluated;
	r->depth++;

	bool good = (needs_marks ? check_marking : check_keywords)(r, s, v);

	r->depth--;
	r->evaluated = outer_marks;
	r->scope = outer;
	return good && !is_stopped(r);
}

/* ---- the whole of it ------------------------------------------------------------------------- */

/* Make one violation, of the value as a whole. False. */
static bool reject_whole(struct arena *a, const char *message, struct violation **violations)
{
	struct violation *violation = message ? arena_alloc(a, sizeof *violation) : NULL;

	if (violation)
		*violation = (struct violation){ .path = "[]", .message = message };
	*violations = violation;
	return false;
}

/* The result of a run, whose value is `good` or not. */
static bool report(struct run *r, bool good, struct violation **violations)
{
	*violations = NULL;
	if (r->arena->failed)
		return false;
	if (r->steps < 0)
		return reject_whole(r->arena, "too complex to be validated", violations);
	for (size_t i = 0; i + 1 < r->count; i++)
		r->violations[i]->next = r->violations[i + 1];
	if (!good)
		*violations = r->violations[0];
	return good;
}

static bool validate(const struct jsonschema *schema, const cJSON *value,
		     struct violation **violations)
{
	struct run r = { .schema = schema, .arena = schema->arena, .steps = JSONSCHEMA_STEPS };
	const char *why;
	const struct node *v = jsontree_load(schema->arena, value, &why);

	if (!v)
		return reject_whole(schema->arena, why, violations);

	bool good = apply(&r, schema->root, v, NULL);

	regex_matcher_free(r.matcher);
	return report(&r, good, violations);
}

bool jsonschema_validate(struct arena *a, const cJSON *schema, const cJSON *value,
			 struct violation **violations)
{
	struct jsonschema compiled;
	bool good = false;

	*violations = NULL;
	if (jsonschema_compile(&compiled, a, schema))
		good = validate(&compiled, value, violations);
	else if (compiled.why && !a->failed)
		reject_whole(a, arena_printf(a, "schema: %s", compiled.why), violations);
	jsonschema_free(&compiled);
	return good;
}

/* Does the default of a schema fit it? */
static bool check_default(struct run *r, const struct schema *s, const char **why)
{
	const struct node *value = s->part[DEFAULT];
	struct violation *first;
	bool good = apply(r, s, value, NULL);

	if (report(r, good, &first))
		return true;
	if (first)
		*why = arena_printf(r->arena, "%s: %s",
				    jsontree_pointer(r->arena, r->count > 0 ? r->places[0] : value),
				    first->message);
	return false;
}

static bool check_defaults(const struct jsonschema *schema, const char **why)
{
	struct run r = { .schema = schema, .arena = schema->arena, .steps = JSONSCHEMA_STEPS };
	bool good = true;

	for (const struct schema *s = schema->schemas; s && good; s = s->next)
		good = !s->part[DEFAULT] || check_default(&r, s, why);
	regex_matcher_free(r.matcher);
	return good;
}

bool jsonschema_check(struct arena *a, const cJSON *schema, const char **why)
{
	struct jsonschema compiled;
	bool good =
	    jsonschema_compile(&compiled, a, schema) && check_defaults(&compiled, &compiled.why);

	*why = a->failed ? NULL : compiled.why;
	jsonschema_free(&compiled);
	return good;
}
