/* SPDX-License-Identifier: MIT
 * jsonschema_compile.c - compiles schemas from a list of those to do, rather than by recursion:
 * first all that keywords contain, after which each $id and anchor is known; then those that
 * references name, which may be nodes that no keyword contains, and so on. Last, it looks for
 * schemas that apply themselves to the same value without end.
 */
#include "schema/jsonschema_compile.h"

#include <search.h>
#include <stdlib.h>

#include "schema/uri.h"

enum {
	URI_MAX = 512,
	CHAIN_MAX = 1000, /* schemas, each of which applies the next to the same value */
	PATTERNS_MAX = 32 * 1024 * 1024, /* bytes of all compiled patterns */
};

static const char dialect[] = "https://json-schema.org/draft/2020-12/schema";

static const struct schema always = { .never = false }, never = { .never = true };

/* The name of a schema: its $id, or, if `anchor`, an anchor within its resource. */
struct js_name {
	const struct js_resource *resource;
	const char *text;
	const struct schema *schema;
	bool anchor, dynamic;
};

/* A reference to be resolved. */
struct js_ref {
	struct js_ref *next;
	struct schema *schema;
	enum sub sub;
	const struct node *node;
};

struct compiler {
	struct jsonschema *out;
	struct arena *arena;
	struct schema *todo; /* to be compiled; linked by .next */
	struct js_ref *refs;
	size_t patterns; /* bytes of the compiled patterns */
};

/* ---- failures -------------------------------------------------------------------------------- */

/* Set what is wrong with a node of the schema. Returns NULL, or false. */
static void *wrong(struct compiler *c, const struct node *n, const char *what)
{
	const char *pointer = jsontree_pointer(c->arena, n);

	c->out->why = *pointer && what ? arena_printf(c->arena, "%s: %s", pointer, what) : what;
	return NULL;
}

#define WRONG(c, node, ...) wrong((c), (node), arena_printf((c)->arena, __VA_ARGS__))

/* Is a node of one of these types? */
static bool expect(struct compiler *c, const struct node *n, unsigned types)
{
	return n->type & types ||
	       WRONG(c, n, "got %s, want %s", jsontree_type_names(c->arena, n->type),
		     jsontree_type_names(c->arena, types));
}

static bool expect_not_equal(struct compiler *c, const struct node *array)
{
	size_t first, second;

	return !jsontree_equal_items(c->arena, array, &first, &second) ||
	       WRONG(c, array, "items at %zu and %zu are equal", first, second);
}

/* ---- names ----------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	const struct js_name *x = a, *y = b;

	if (x->anchor != y->anchor)
		return x->anchor ? 1 : -1;
	if (x->anchor && x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return strcmp(x->text, y->text);
}

static const struct js_name *find_name(const struct jsonschema *s, struct js_name wanted)
{
	struct js_name *const *found = tfind(&wanted, &s->names, compare_names);

	return found ? *found : NULL;
}

static bool add_name(struct compiler *c, const struct node *n, struct js_name name)
{
	struct js_name *copy = arena_alloc(c->arena, sizeof *copy), **slot;

	if (!copy)
		return false;
	*copy = name;
	slot = tsearch(copy, &c->out->names, compare_names);
	if (!slot)
		return false;
	if (*slot == copy)
		return true;
	/* $anchor and $dynamicAnchor of one schema may be equal. */
	if ((*slot)->anchor && (*slot)->schema == name.schema) {
		(*slot)->dynamic |= name.dynamic;
		return true;
	}
	return wrong(c, n, "already used by another schema");
}

const struct schema *jsonschema_dynamic(const struct jsonschema *s,
					const struct js_resource *resource, const char *anchor)
{
	const struct js_name *found =
	    find_name(s, (struct js_name){ .resource = resource, .text = anchor, .anchor = true });

	return found && found->dynamic ? found->schema : NULL;
}

/* ---- keywords -------------------------------------------------------------------------------- */

/* Make a node a schema, within the resource of `s`, to be compiled if it has keywords. */
static bool read_schema(struct compiler *c, struct schema *s, struct node *n)
{
	if (!expect(c, n, NODE_OBJECT | NODE_BOOLEAN))
		return false;
	if (n->schema)
		return true;
	if (n->type == NODE_BOOLEAN || n->count == 0) {
		n->schema = n->type == NODE_BOOLEAN && !n->boolean ? &never : &always;
		return true;
	}

	struct schema *schema = arena_zalloc(c->arena, sizeof *schema);

	if (!schema)
		return false;
	schema->node = n;
	schema->resource = s->resource;
	schema->next = c->todo;
	c->todo = schema;
	n->schema = schema;
	return true;
}

static bool read_sub(struct compiler *c, struct schema *s, struct node *n, int which)
{
	if (!read_schema(c, s, n))
		return false;
	s->sub[which] = n->schema;
	return true;
}

/* An array of schemas, or an object of them. */
static bool read_subs(struct compiler *c, struct schema *s, struct node *n, int which)
{
	bool array = which < DEPENDENT_SCHEMAS || which == PREFIX_ITEMS;

	if (!expect(c, n, array ? NODE_ARRAY : NODE_OBJECT))
		return false;
	if (array && n->count == 0)
		return WRONG(c, n, "minItems: got 0, want 1");
	for (size_t i = 0; i < n->count; i++)
		if (!read_schema(c, s, n->items[i]))
			return false;
	s->part[which] = n;
	return true;
}

static struct regex *read_regex(struct compiler *c, const struct node *n, const char *text)
{
	const char *why;
	struct regex *re = regex_new(c->arena, text, &why);

	if (!re && why)
		return WRONG(c, n, "%s is not a valid regular expression: %s",
			     jsontree_quote(c->arena, text), why);
	if (!re)
		return NULL;
	c->patterns += regex_size(re);
	if (c->patterns <= PATTERNS_MAX)
		return re;
	regex_free(re);
	return wrong(c, n, "patterns of the schema are too large (at most 32 MiB)");
}

static bool read_pattern(struct compiler *c, struct schema *s, struct node *n, int which)
{
	(void)which;
	if (!expect(c, n, NODE_STRING))
		return false;
	s->pattern = read_regex(c, n, n->text);
	return s->pattern != NULL;
}

static bool read_pattern_properties(struct compiler *c, struct schema *s, struct node *n, int which)
{
	if (!read_subs(c, s, n, which))
		return false;
	s->patterns = arena_zalloc(c->arena, (n->count + 1) * sizeof(struct regex *));
	if (!s->patterns)
		return false;
	for (size_t i = 0; i < n->count; i++) {
		s->patterns[i] = read_regex(c, n->items[i], n->items[i]->key);
		if (!s->patterns[i])
			return false;
	}
	return true;
}

static bool read_bound(struct compiler *c, struct schema *s, struct node *n, int which)
{
	if (!expect(c, n, NODE_NUMBER))
		return false;
	if (which == MULTIPLE_OF && decimal_sign(n->number) <= 0)
		return WRONG(c, n, "exclusiveMinimum: got %s, want 0",
			     jsontree_show_number(c->arena, n->number));
	s->bound[which] = n->number;
	return true;
}

static bool read_count(struct compiler *c, struct schema *s, struct node *n, int which)
{
	if (!jsontree_is_integer(n))
		return WRONG(c, n, "got %s, want integer", jsontree_type_names(c->arena, n->type));
	if (decimal_sign(n->number) < 0)
		return WRONG(c, n, "minimum: got %s, want 0",
			     jsontree_show_number(c->arena, n->number));
	s->bound[which] = n->number;
	return true;
}

static bool read_type_name(struct compiler *c, struct schema *s, const struct node *n)
{
	static const struct {
		const char *name;
		enum node_type type;
	} types[] = {
		{ "array", NODE_ARRAY },   { "boolean", NODE_BOOLEAN }, { "integer", NODE_INTEGER },
		{ "null", NODE_NULL },     { "number", NODE_NUMBER },   { "object", NODE_OBJECT },
		{ "string", NODE_STRING },
	};

	for (size_t i = 0; n->type == NODE_STRING && i < ARRAY_LEN(types); i++)
		if (streq(n->text, types[i].name)) {
			s->types |= types[i].type;
			return true;
		}
	return wrong(c, n,
		     "value must be one of 'array', 'boolean', 'integer', 'null', "
		     "'number', 'object', 'string'");
}

static bool read_type(struct compiler *c, struct schema *s, struct node *n, int which)
{
	(void)which;
	if (n->type == NODE_STRING)
		return read_type_name(c, s, n);
	if (!expect(c, n, NODE_STRING | NODE_ARRAY))
		return false;
	if (n->count == 0)
		return WRONG(c, n, "minItems: got 0, want 1");
	for (size_t i = 0; i < n->count; i++)
		if (!read_type_name(c, s, n->items[i]))
			return false;
	return expect_not_equal(c, n);
}

static bool read_enum(struct compiler *c, struct schema *s, struct node *n, int which)
{
	if (!expect(c, n, NODE_ARRAY))
		return false;
	s->part[which] = n;
	s->enum_values = jsontree_sort(c->arena, n);
	return s->enum_values != NULL;
}

/* Any value: const, default. */
static bool read_any(struct compiler *c, struct schema *s, struct node *n, int which)
{
	(void)c;
	s->part[which] = n;
	return true;
}

static bool check_texts(struct compiler *c, const struct node *n)
{
	if (!expect(c, n, NODE_ARRAY))
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (!expect(c, n->items[i], NODE_STRING))
			return false;
	return expect_not_equal(c, n);
}

static bool read_required(struct compiler *c, struct schema *s, struct node *n, int which)
{
	s->part[which] = n;
	return check_texts(c, n);
}

static bool read_dependent(struct compiler *c, struct schema *s, struct node *n, int which)
{
	s->part[which] = n;
	if (!expect(c, n, NODE_OBJECT))
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (!check_texts(c, n->items[i]))
			return false;
	return true;
}

static bool read_unique(struct compiler *c, struct schema *s, struct node *n, int which)
{
	(void)which;
	s->unique_items = n->type == NODE_BOOLEAN && n->boolean;
	return expect(c, n, NODE_BOOLEAN);
}

/* An annotation: only its type is checked. */
static bool read_annotation(struct compiler *c, struct schema *s, struct node *n, int type)
{
	(void)s;
	return expect(c, n, (unsigned)type);
}

static bool read_dialect(struct compiler *c, struct schema *s, struct node *n, int which)
{
	size_t len = sizeof dialect - 1;

	(void)s;
	(void)which;
	if (!expect(c, n, NODE_STRING))
		return false;
	return (strncmp(n->text, dialect, len) == 0 && strchr("#", n->text[len]) &&
		(!n->text[len] || !n->text[len + 1])) ||
	       WRONG(c, n, "got %s, want '%s'", jsontree_quote(c->arena, n->text), dialect);
}

static bool read_ref(struct compiler *c, struct schema *s, struct node *n, int which)
{
	struct js_ref *r = arena_alloc(c->arena, sizeof *r);

	if (!expect(c, n, NODE_STRING))
		return false;
	if (!r)
		return false;
	*r = (struct js_ref){ c->refs, s, (enum sub)which, n };
	c->refs = r;
	return true;
}

/* $anchor or, if `dynamic`, $dynamicAnchor. */
static bool read_anchor(struct compiler *c, struct schema *s, struct node *n, int dynamic)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_",
			  following[] =
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-.";

	if (!expect(c, n, NODE_STRING))
		return false;
	if (strspn(n->text, first) == 0 || n->text[strspn(n->text, following)])
		return WRONG(c, n, "%s does not match pattern '^[A-Za-z_][-A-Za-z0-9._]*$'",
			     jsontree_quote(c->arena, n->text));
	return add_name(c, n, (struct js_name){ s->resource, n->text, s, true, dynamic });
}

/* In the order of strcmp(). $id is read before them. */
static const struct keyword {
	const char *name;
	bool (*read)(struct compiler *c, struct schema *s, struct node *n, int which);
	int which;
} keywords[] = {
	{ "$anchor", read_anchor, false },
	{ "$comment", read_annotation, NODE_STRING },
	{ "$defs", read_subs, DEFS },
	{ "$dynamicAnchor", read_anchor, true },
	{ "$dynamicRef", read_ref, DYNAMIC_REF },
	{ "$ref", read_ref, REF },
	{ "$schema", read_dialect, 0 },
	{ "$vocabulary", read_annotation, NODE_OBJECT },
	{ "additionalProperties", read_sub, ADDITIONAL_PROPERTIES },
	{ "allOf", read_subs, ALL_OF },
	{ "anyOf", read_subs, ANY_OF },
	{ "const", read_any, CONST },
	{ "contains", read_sub, CONTAINS },
	{ "contentEncoding", read_annotation, NODE_STRING },
	{ "contentMediaType", read_annotation, NODE_STRING },
	{ "contentSchema", read_sub, CONTENT_SCHEMA },
	{ "default", read_any, DEFAULT },
	{ "dependentRequired", read_dependent, DEPENDENT_REQUIRED },
	{ "dependentSchemas", read_subs, DEPENDENT_SCHEMAS },
	{ "deprecated", read_annotation, NODE_BOOLEAN },
	{ "description", read_annotation, NODE_STRING },
	{ "else", read_sub, ELSE },
	{ "enum", read_enum, ENUM },
	{ "examples", read_annotation, NODE_ARRAY },
	{ "exclusiveMaximum", read_bound, EXCLUSIVE_MAXIMUM },
	{ "exclusiveMinimum", read_bound, EXCLUSIVE_MINIMUM },
	{ "format", read_annotation, NODE_STRING },
	{ "if", read_sub, IF },
	{ "items", read_sub, ITEMS },
	{ "maxContains", read_count, MAX_CONTAINS },
	{ "maxItems", read_count, MAX_ITEMS },
	{ "maxLength", read_count, MAX_LENGTH },
	{ "maxProperties", read_count, MAX_PROPERTIES },
	{ "maximum", read_bound, MAXIMUM },
	{ "minContains", read_count, MIN_CONTAINS },
	{ "minItems", read_count, MIN_ITEMS },
	{ "minLength", read_count, MIN_LENGTH },
	{ "minProperties", read_count, MIN_PROPERTIES },
	{ "minimum", read_bound, MINIMUM },
	{ "multipleOf", read_bound, MULTIPLE_OF },
	{ "not", read_sub, NOT },
	{ "oneOf", read_subs, ONE_OF },
	{ "pattern", read_pattern, 0 },
	{ "patternProperties", read_pattern_properties, PATTERN_PROPERTIES },
	{ "prefixItems", read_subs, PREFIX_ITEMS },
	{ "properties", read_subs, PROPERTIES },
	{ "propertyNames", read_sub, PROPERTY_NAMES },
	{ "readOnly", read_annotation, NODE_BOOLEAN },
	{ "required", read_required, REQUIRED },
	{ "then", read_sub, THEN },
	{ "title", read_annotation, NODE_STRING },
	{ "type", read_type, 0 },
	{ "unevaluatedItems", read_sub, UNEVALUATED_ITEMS },
	{ "unevaluatedProperties", read_sub, UNEVALUATED_PROPERTIES },
	{ "uniqueItems", read_unique, 0 },
	{ "writeOnly", read_annotation, NODE_BOOLEAN },
};

static int compare_keyword(const void *key, const void *keyword)
{
	return strcmp(key, ((const struct keyword *)keyword)->name);
}

/* ---- compiling ------------------------------------------------------------------------------- */

/* $id: the schema begins a resource. */
static bool read_id(struct compiler *c, struct schema *s, const struct node *id)
{
	if (!expect(c, id, NODE_STRING))
		return false;

	size_t len = strcspn(id->text, "#");

	if (id->text[len] && id->text[len + 1])
		return wrong(c, id, "must not have a fragment");
	if (len + strlen(s->resource->uri) > URI_MAX)
		return wrong(c, id, "too long (at most 512 bytes, with its base URI)");

	struct js_resource *resource = arena_alloc(c->arena, sizeof *resource);
	const char *text = arena_strndup(c->arena, id->text, len);

	if (!resource || !text)
		return false;
	resource->uri = uri_resolve(c->arena, s->resource->uri, text);
	resource->node = (struct node *)s->node;
	s->resource = resource;
	return resource->uri &&
	       add_name(c, id,
			(struct js_name){
			    .resource = resource, .text = resource->uri, .schema = s });
}

static bool compile_one(struct compiler *c, struct schema *s)
{
	const struct node *id = jsontree_get(s->node, "$id");

	if (id && !read_id(c, s, id))
		return false;
	for (size_t i = 0; i < s->node->count; i++) {
		struct node *n = s->node->items[i];
		const struct keyword *k = bsearch(n->key, keywords, ARRAY_LEN(keywords),
						  sizeof *keywords, compare_keyword);

		if (k && !k->read(c, s, n, k->which))
			return false;
	}
	return true;
}

static bool compile_all(struct compiler *c)
{
	while (c->todo) {
		struct schema *s = c->todo;

		c->todo = s->next;
		s->next = c->out->schemas;
		c->out->schemas = s;
		if (!compile_one(c, s))
			return false;
	}
	return true;
}

/* ---- references ------------------------------------------------------------------------------ */

/* Follow one token of a JSON pointer, which is decoded in place. */
static struct node *descend(const struct node *n, char *token)
{
	char *out = token, *end;

	if (n->type == NODE_ARRAY) {
		unsigned long index = strtoul(token, &end, 10);

		if (*token < '0' || *token > '9' || *end || (*token == '0' && token[1]))
			return NULL;
		return index < n->count ? n->items[index] : NULL;
	}
	for (const char *in = token; *in; in++) {
		char ch = *in;

		if (ch == '~' && in[1] != '0' && in[1] != '1')
			return NULL;
		if (ch == '~')
			ch = *++in == '0' ? '~' : '/';
		*out++ = ch;
	}
	*out = '\0';
	return jsontree_get(n, token);
}

/* Follow a JSON pointer, which is changed. *near becomes the last schema on the way, if any. */
static struct node *follow_pointer(struct node *n, char *pointer, const struct schema **near)
{
	while (n && *pointer) {
		char *token = pointer + 1, *end = strchrnul(token, '/');
		char slash = *end;

		*end = '\0';
		n = descend(n, token);
		pointer = end;
		*end = slash;
		if (n && n->schema && n->schema->node)
			*near = n->schema;
	}
	return n;
}

static void *reject_ref(struct compiler *c, const struct js_ref *r, const char *what)
{
	return WRONG(c, r->node, "%s %s", jsontree_quote(c->arena, r->node->text), what);
}

/* The resource that the first `len` bytes of a reference, those before its fragment, name. */
static const struct js_resource *find_resource(struct compiler *c, const struct js_ref *r,
					       size_t len)
{
	const struct js_resource *base = r->schema->resource;

	if (len == 0)
		return base;
	if (len + strlen(base->uri) > URI_MAX)
		return reject_ref(c, r, "is too long (at most 512 bytes, with its base URI)");

	const char *text = arena_strndup(c->arena, r->node->text, len);
	const char *uri = text ? uri_resolve(c->arena, base->uri, text) : NULL;

	if (!uri)
		return NULL;

	const struct js_name *found = find_name(c->out, (struct js_name){ .text = uri });

	return found ? found->resource
		     : reject_ref(c, r, "refers to another document, which is not supported");
}

/* The schema at a pointer into a resource. It is compiled later if it is new. */
static const struct schema *find_pointer(struct compiler *c, const struct js_ref *r,
					 const struct js_resource *resource, char *pointer)
{
	struct schema nearest = { .resource = resource };
	const struct schema *near = &nearest;
	struct node *n = follow_pointer(resource->node, pointer, &near);

	if (!n)
		return reject_ref(c, r, "does not exist");
	nearest.resource = near->resource;
	return read_schema(c, &nearest, n) ? n->schema : NULL;
}

static bool resolve_ref(struct compiler *c, const struct js_ref *r)
{
	size_t len = strcspn(r->node->text, "#");
	const struct js_resource *resource = find_resource(c, r, len);

	if (!resource)
		return false;

	char *fragment = uri_decode(c->arena, r->node->text + len + (r->node->text[len] == '#'));
	const struct schema *found = NULL;

	if (!fragment)
		return reject_ref(c, r, "is not a valid reference");
	if (*fragment == '\0' || *fragment == '/') {
		found = find_pointer(c, r, resource, fragment);
		if (!found)
			return false;
	} else {
		const struct js_name *name =
		    find_name(c->out, (struct js_name){
					  .resource = resource, .text = fragment, .anchor = true });

		if (!name)
			return reject_ref(c, r, "does not exist");
		found = name->schema;
		if (name->dynamic && r->sub == DYNAMIC_REF)
			r->schema->dynamic_anchor = name->text;
	}
	r->schema->sub[r->sub] = found;
	return true;
}

static bool resolve_refs(struct compiler *c)
{
	while (c->refs) {
		const struct js_ref *r = c->refs;

		c->refs = r->next;
		if (!resolve_ref(c, r) || !compile_all(c))
			return false;
	}
	return true;
}

/* ---- loops ----------------------------------------------------------------------------------- */

static bool find_loops(struct compiler *c, const struct schema *schema, unsigned depth)
{
	struct schema *s = (struct schema *)schema;

	if (!s || !s->node || s->visit == DONE)
		return true;
	if (s->visit == OPEN)
		return wrong(c, s->node, "refers to itself without end");
	if (depth == CHAIN_MAX)
		return wrong(c, s->node, "chain of references is too long (at most 1000)");
	s->visit = OPEN;
	for (size_t i = 0; i < IN_PLACE; i++)
		if (!find_loops(c, s->sub[i], depth + 1))
			return false;
	for (size_t i = 0; i < SCHEMAS_IN_PLACE; i++)
		for (size_t j = 0; s->part[i] && j < s->part[i]->count; j++)
			if (!find_loops(c, s->part[i]->items[j]->schema, depth + 1))
				return false;
	s->visit = DONE;
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool compile_root(struct compiler *c, struct node *root)
{
	struct js_resource *document = arena_alloc(c->arena, sizeof *document);
	struct schema outside = { .resource = document };

	if (!document)
		return false;
	*document = (struct js_resource){ "", root };
	if (!read_schema(c, &outside, root))
		return false;
	c->out->root = root->schema;
	if (!compile_all(c) || !resolve_refs(c) || !find_loops(c, c->out->root, 0))
		return false;
	for (struct schema *s = c->out->schemas; s; s = s->next)
		if (!find_loops(c, s, 0))
			return false;
	return true;
}

bool jsonschema_compile(struct jsonschema *s, struct arena *a, const cJSON *schema)
{
	struct compiler c = { .out = s, .arena = a };
	struct node *root;

	*s = (struct jsonschema){ .arena = a };
	root = jsontree_load(a, schema, &s->why);
	return root && compile_root(&c, root) && !a->failed;
}

static void free_nothing(void *name)
{
	(void)name; /* the arena owns it */
}

void jsonschema_free(struct jsonschema *s)
{
	for (struct schema *schema = s->schemas; schema; schema = schema->next) {
		regex_free(schema->pattern);
		for (size_t i = 0; schema->patterns && i < schema->part[PATTERN_PROPERTIES]->count;
		     i++)
			regex_free(schema->patterns[i]);
	}
	tdestroy(s->names, free_nothing);
}
