/* SPDX-License-Identifier: MIT */
/* JSON Schema: every keyword, every refusal, and what means harm. */
#include "schema/jsonschema.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "unit/unit.h"

/* JSON in which ' stands for ", or what is wrong with it. */
static cJSON *parse(const char *text)
{
	char *copy = strdup(text);
	struct json_error e;
	cJSON *tree = NULL;

	if (copy) {
		for (char *at = copy; *at; at++)
			if (*at == '\'')
				*at = '"';
		tree = json_parse_any(copy, strlen(copy), &e);
		if (!tree)
			tree = cJSON_Parse(copy);
	}
	free(copy);
	return tree;
}

/* What does not fit, one after another as "path message; "; "" if all does. For free. */
static char *misfits_of(const char *schema, const char *value)
{
	cJSON *s = parse(schema), *v = parse(value);
	struct arena a;
	struct violation *m = NULL;
	struct buf b = BUF_INIT(1 << 16);

	arena_init(&a, NULL, 0);
	buf_add(&b, s && v ? "" : "not JSON");
	if (s && v && !jsonschema_validate(&a, s, v, &m) && !m)
		buf_add(&b, "broke");
	for (; m; m = m->next)
		buf_printf(&b, "%s %s%s", m->path, m->message, m->next ? "; " : "");
	arena_free(&a);
	cJSON_Delete(s);
	cJSON_Delete(v);
	return b.text;
}

static void expect_misfits(const char *schema, const char *value, const char *want)
{
	char *is = misfits_of(schema, value);

	EQ_STR_IN(schema, is, want);
	free(is);
}

/* Several values of one schema: what fits, and what does not. */
static const struct {
	const char *schema, *value, *violations;
} cases[] = {
	{ "true", "1", "" },
	{ "{}", "1", "" },
	{ "false", "1", "[] false schema" },
	{ "{'unknown':{'type':1},'format':'date','title':'t','contentEncoding':'base64'}", "'x'",
	  "" },

	{ "{'type':'integer'}", "1.0", "" },
	{ "{'type':'integer'}", "1e400", "" },
	{ "{'type':'integer'}", "1.5", "[] got number, want integer" },
	{ "{'type':'integer'}", "'1'", "[] got string, want integer" },
	{ "{'type':'number'}", "1", "" },
	{ "{'type':['null','object','string']}", "null", "" },
	{ "{'type':['null','object','string']}", "[]",
	  "[] got array, want null or string or object" },
	{ "{'type':'boolean'}", "false", "" },
	{ "{'type':'boolean'}", "0", "[] got number, want boolean" },
	{ "{'type':'null'}", "false", "[] got boolean, want null" },
	{ "{'type':'array'}", "{}", "[] got object, want array" },

	{ "{'enum':['a',1,null,{'x':[1]}]}", "1.0", "" },
	{ "{'enum':['a',1,null,{'x':[1]}]}", "{'x':[1]}", "" },
	{ "{'enum':['a',1,null,{'x':[1]}]}", "{'x':[2]}", "[] 'enum' failed" },
	{ "{'const':[1]}", "[1,2]", "[] 'const' failed" },
	{ "{'const':{'a':1}}", "{'b':1}", "[] 'const' failed" },
	{ "{'const':[1]}", "[2]", "[] 'const' failed" },
	{ "{'enum':['b','a']}", "'c'", "[] value must be one of 'b', 'a'" },
	{ "{'enum':[1,2,3,4,5,6,7,8,9,10,11,12]}", "0",
	  "[] value must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ..." },
	{ "{'enum':[]}", "0", "[] value must be one of none" },
	{ "{'const':{'a':1,'b':2}}", "{'b':2.0,'a':1}", "" },
	{ "{'const':false}", "0", "[] value must be false" },
	{ "{'const':'x'}", "'y'", "[] value must be 'x'" },
	{ "{'const':null}", "0", "[] value must be null" },

	{ "{'multipleOf':0.1}", "0.3", "" },
	{ "{'multipleOf':0.01}", "19.99", "" },
	{ "{'multipleOf':1e-7}", "1e300", "" },
	{ "{'multipleOf':3}", "0", "" },
	{ "{'multipleOf':3}", "-6", "" },
	{ "{'multipleOf':3}", "1e400", "[] multipleOf: got 1e400, want 3" },
	{ "{'multipleOf':4}", "1e400", "" },
	{ "{'multipleOf':1e400}", "3", "[] multipleOf: got 3, want 1e400" },
	{ "{'multipleOf':3}", "-7", "[] multipleOf: got -7, want 3" },
	{ "{'multipleOf':0.1}", "0.35", "[] multipleOf: got 0.35, want 0.1" },
	{ "{'multipleOf':1e300}", "5", "[] multipleOf: got 5, want 1e300" },
	{ "{'minimum':0}", "0", "" },
	{ "{'minimum':0}", "-1", "[] minimum: got -1, want 0" },
	{ "{'minimum':0}", "'-1'", "" },
	{ "{'maximum':1.5}", "1.5", "" },
	{ "{'maximum':1.5}", "2", "[] maximum: got 2, want 1.5" },
	{ "{'exclusiveMinimum':0}", "0.5", "" },
	{ "{'exclusiveMinimum':0}", "0", "[] exclusiveMinimum: got 0, want 0" },
	{ "{'exclusiveMaximum':0}", "-0.5", "" },
	{ "{'exclusiveMaximum':0}", "0", "[] exclusiveMaximum: got 0, want 0" },

	/* The JSON Schema Test Suite: draft 2020-12, optional bignum and float-overflow. */
	{ "{'type':'integer'}", "12345678910111213141516171819202122232425262728293031", "" },
	{ "{'type':'integer'}", "-12345678910111213141516171819202122232425262728293031", "" },
	{ "{'type':'number'}", "98249283749234923498293171823948729348710298301928331", "" },
	{ "{'type':'number'}", "-98249283749234923498293171823948729348710298301928331", "" },
	{ "{'type':'string'}", "98249283749234923498293171823948729348710298301928331",
	  "[] got number, want string" },
	{ "{'maximum':18446744073709551615}", "18446744073709551600", "" },
	{ "{'exclusiveMaximum':972783798187987123879878123.18878137}",
	  "972783798187987123879878123.188781371",
	  "[] exclusiveMaximum: got 972783798187987123879878123.188781371, want "
	  "972783798187987123879878123.18878137" },
	{ "{'minimum':-18446744073709551615}", "-18446744073709551600", "" },
	{ "{'exclusiveMinimum':-972783798187987123879878123.18878137}",
	  "-972783798187987123879878123.188781371",
	  "[] exclusiveMinimum: got -972783798187987123879878123.188781371, want "
	  "-972783798187987123879878123.18878137" },
	{ "{'type':'integer','multipleOf':0.5}", "1e308", "" },
	{ "{'type':'integer','multipleOf':0.123456789}", "1e308",
	  "[] multipleOf: got 1e308, want 0.123456789" },
	{ "{'type':'integer','multipleOf':1e-8}", "12391239123", "" },
	{ "{'const':9007199254740992}", "9007199254740992.0", "" },
	{ "{'const':9007199254740992}", "9007199254740991", "[] value must be 9007199254740992" },

	/* What doubles could not tell apart, or not hold. */
	{ "{'const':9007199254740993}", "9007199254740992", "[] value must be 9007199254740993" },
	{ "{'const':9007199254740993.0}", "9007199254740993", "" },
	{ "{'const':1.50}", "2", "[] value must be 1.50" },
	{ "{'enum':[9007199254740993,1e400,-0]}", "9007199254740992",
	  "[] value must be one of 9007199254740993, 1e400, -0" },
	{ "{'enum':[9007199254740993,1e400]}", "10e399", "" },
	{ "{'maximum':9007199254740992}", "9007199254740993",
	  "[] maximum: got 9007199254740993, want 9007199254740992" },
	{ "{'maximum':1e400}", "1e401", "[] maximum: got 1e401, want 1e400" },
	{ "{'maximum':1e400}", "1e399", "" },
	{ "{'exclusiveMinimum':0}", "1e-400", "" },
	{ "{'maximum':0}", "1e-999999999999999", "[] maximum: got 1e-999999999999999, want 0" },
	{ "{'type':'integer'}", "1e400", "" },
	{ "{'type':'integer'}", "1.50e1", "" },
	{ "{'type':'integer'}", "1e999999999999999", "" },
	{ "{'type':'integer'}", "1e-999999999999999", "[] got number, want integer" },
	{ "{'type':'integer'}", "9007199254740993.5", "[] got number, want integer" },
	{ "{'multipleOf':2}", "9007199254740993", "[] multipleOf: got 9007199254740993, want 2" },
	{ "{'multipleOf':1e-999999999999999}", "1e999999999999999", "" },
	{ "{'uniqueItems':true}", "[9007199254740992,9007199254740993,1e400,2e400]", "" },
	{ "{'uniqueItems':true}", "[10e399,0,1e400]", "[] items at 0 and 2 are equal" },
	{ "{'maxItems':9007199254740993,'minLength':1e400}", "[]", "" },
	{ "{'minItems':1e400}", "[]", "[] minItems: got 0, want 1e400" },
	{ "{'contains':true,'minContains':1.0e400}", "[1]",
	  "[] min 1.0e400 items required to match contains schema, but matched 1" },

	{ "{'minLength':2.0}", "'\xc3\xa9\xf0\x9f\x98\x80'", "" },
	{ "{'minLength':2}", "'\xf0\x9f\x98\x80'", "[] minLength: got 1, want 2" },
	{ "{'maxLength':1}", "'\xf0\x9f\x98\x80'", "" },
	{ "{'maxLength':1}", "'ab'", "[] maxLength: got 2, want 1" },
	{ "{'pattern':'^a'}", "'ab'", "" },
	{ "{'pattern':'b'}", "'ab'", "" },
	{ "{'pattern':'^a'}", "'x'", "[] 'x' does not match pattern '^a'" },
	{ "{'pattern':'^\xc3\xa9.$'}", "'\xc3\xa9\xc3\xa9'", "" },
	{ "{'pattern':'(?i)A'}", "'a'", "" },
	{ "{'pattern':'^[](?=a]$'}", "'?'", "" },
	{ "{'pattern':'^a{2,}$'}", "'aaa'", "" },
	{ "{'pattern':'^a$'}", "'a\\n'", "[] 'a\n' does not match pattern '^a$'" },
	{ "{'pattern':'^(?i:A)(?P<n>b)(?<m>c)[]\\\\]]+?\\\\d{2}{x[[:alpha:]]\\\\p{Lu}\\\\.'}",
	  "'abc]12{xzZ.'", "" },

	{ "{'minItems':1,'maxItems':2}", "[1,2]", "" },
	{ "{'minItems':1}", "[]", "[] minItems: got 0, want 1" },
	{ "{'maxItems':1}", "[1,2]", "[] maxItems: got 2, want 1" },
	{ "{'uniqueItems':true}", "[1,'1',true,[1],{'a':1},{'a':2},null,false,0]", "" },
	{ "{'uniqueItems':true}", "[{'a':1,'b':2},3,{'b':2,'a':1.0}]",
	  "[] items at 0 and 2 are equal" },
	{ "{'uniqueItems':false}", "[1,1]", "" },
	{ "{'prefixItems':[{'type':'null'},true],'items':{'type':'string'}}", "[null,1,'x']", "" },
	{ "{'prefixItems':[{'type':'null'},true],'items':{'type':'string'}}", "[null]", "" },
	{ "{'prefixItems':[{'type':'null'},true],'items':{'type':'string'}}", "[1,1,2,'x',3]",
	  "[0] got number, want null; [2] got number, want string; [4] got number, want "
	  "string" },
	{ "{'prefixItems':[{'type':'null'}],'items':false}", "[1,2,3]",
	  "[] last 2 items not allowed; [0] got number, want null" },
	{ "{'contains':{'const':1}}", "[0,1]", "" },
	{ "{'contains':{'const':1}}", "[0]", "[] no items match contains schema" },
	{ "{'contains':{'const':1},'minContains':0}", "[0]", "" },
	{ "{'contains':{'const':1},'minContains':2}", "[1,0]",
	  "[] min 2 items required to match contains schema, but matched 1" },
	{ "{'contains':{'const':1},'maxContains':1}", "[1,1]",
	  "[] max 1 items required to match contains schema, but matched 2" },
	{ "{'contains':{'const':1},'maxContains':1}", "[1]", "" },
	{ "{'minContains':2,'maxContains':0}", "[1]", "" },

	{ "{'minProperties':1}", "{}", "[] minProperties: got 0, want 1" },
	{ "{'maxProperties':1}", "{'a':1,'b':2}", "[] maxProperties: got 2, want 1" },
	{ "{'maxProperties':1}", "{'a':1,'a':2}", "" },
	{ "{'required':['speed']}", "{'speed':null}", "" },
	{ "{'required':['speed']}", "{}", "[] missing property 'speed'" },
	{ "{'required':['b','a']}", "{}", "[] missing properties 'b', 'a'" },
	{ "{'not':{'required':['a']}}", "{}", "" },
	{ "{'dependentRequired':{'a':['b'],'c':['d']}}", "{'c':1,'d':2}", "" },
	{ "{'dependentRequired':{'a':['b']}}", "{'a':1}",
	  "[] properties 'b' required, if 'a' exists" },
	{ "{'properties':{'a':{'type':'null'}}}", "{'a':1,'b':1}",
	  "[\"a\"] got number, want null" },
	{ "{'properties':{'a':{'items':{'type':'null'}}}}", "{'a':[null,1]}",
	  "[\"a\",1] got number, want null" },
	{ "{'properties':{'a':{'type':'null'}}}", "{'a':1,'a':null}", "" },
	{ "{'properties':{'a':true},'properties':{'a':false}}", "{'a':1}", "[\"a\"] false schema" },
	{ "{'patternProperties':{'^a':{'type':'null'},'b$':{'const':2}}}", "{'ab':1,'c':1}",
	  "[\"ab\"] got number, want null; [\"ab\"] value must be 2" },
	{ "{'properties':{'a':true},'patternProperties':{'^b':true},'additionalProperties':false}",
	  "{'a':1,'bb':2}", "" },
	{ "{'properties':{'a':true},'patternProperties':{'^b':true},'additionalProperties':false}",
	  "{'x':1,'a':1,'bb':2,'cb':3}", "[] additional properties 'cb', 'x' not allowed" },
	{ "{'additionalProperties':{'type':'null'}}", "{'x':1}", "[\"x\"] got number, want null" },
	{ "{'propertyNames':{'maxLength':1}}", "{'a':1,'bb':2}", "[] invalid propertyName 'bb'" },
	{ "{'dependentSchemas':{'a':{'required':['b']}}}", "{'c':1}", "" },
	{ "{'dependentSchemas':{'a':{'required':['b']}}}", "{'a':1}", "[] missing property 'b'" },

	{ "{'allOf':[{'minimum':2},{'multipleOf':2}]}", "1",
	  "[] minimum: got 1, want 2; [] multipleOf: got 1, want 2" },
	{ "{'anyOf':[{'type':'null'},{'minimum':2}]}", "2", "" },
	{ "{'anyOf':[{'type':'null'},{'minimum':2}]}", "1",
	  "[] got number, want null; [] minimum: got 1, want 2" },
	{ "{'oneOf':[{'type':'integer'},{'minimum':2}]}", "1", "" },
	{ "{'oneOf':[{'type':'integer'},{'minimum':2}]}", "1.5",
	  "[] got number, want integer; [] minimum: got 1.5, want 2" },
	{ "{'oneOf':[false,{'type':'integer'},{'minimum':2}]}", "3",
	  "[] 'oneOf' failed, subschemas 1, 2 matched" },
	{ "{'not':{'type':'null'}}", "1", "" },
	{ "{'not':{'type':'null'}}", "null", "[] 'not' failed" },
	{ "{'if':{'type':'null'},'then':false,'else':{'minimum':1}}", "null", "[] false schema" },
	{ "{'if':{'type':'null'},'then':false,'else':{'minimum':1}}", "0",
	  "[] minimum: got 0, want 1" },
	{ "{'if':{'type':'null'}}", "0", "" },
	{ "{'then':false,'else':false}", "0", "" },

	{ "{'properties':{'a':true},'unevaluatedProperties':false}", "{'a':1}", "" },
	{ "{'properties':{'a':true},'unevaluatedProperties':false}", "{'a':1,'c':1,'b':1}",
	  "[] unevaluated properties 'b', 'c' not allowed" },
	{ "{'unevaluatedProperties':{'type':'null'}}", "{'a':1}", "[\"a\"] got number, want null" },
	{ "{'anyOf':[{'properties':{'a':{'const':1}}},{'properties':{'b':true}}],"
	  "'unevaluatedProperties':false}",
	  "{'a':1,'b':2}", "" },
	{ "{'anyOf':[{'properties':{'a':{'const':2}}},{'properties':{'b':true}}],"
	  "'unevaluatedProperties':false}",
	  "{'a':1,'b':2}", "[] unevaluated properties 'a' not allowed" },
	{ "{'not':{'not':{'properties':{'a':true}}},'unevaluatedProperties':false}", "{'a':1}",
	  "[] unevaluated properties 'a' not allowed" },
	{ "{'if':{'properties':{'a':true}},'then':{'patternProperties':{'b':true}},"
	  "'dependentSchemas':{'c':{'properties':{'c':true}}},"
	  "'allOf':[{'additionalProperties':true}],'unevaluatedProperties':false}",
	  "{'a':1,'b':1,'c':1,'d':1}", "" },
	{ "{'allOf':[{'unevaluatedProperties':true}],'unevaluatedProperties':false}", "{'a':1}",
	  "" },
	{ "{'properties':{'a':true},'allOf':[{'unevaluatedProperties':false}]}", "{'a':1}",
	  "[] unevaluated properties 'a' not allowed" },
	{ "{'$defs':{'x':{'properties':{'a':true}}},'$ref':'#/$defs/"
	  "x','unevaluatedProperties':false}",
	  "{'a':1}", "" },
	{ "{'prefixItems':[true],'contains':{'const':2},'unevaluatedItems':false}", "[1,2]", "" },
	{ "{'prefixItems':[true],'contains':{'const':2},'unevaluatedItems':false}", "[1,3,2]",
	  "[] unevaluated items at 1 not allowed" },
	{ "{'items':true,'unevaluatedItems':false}", "[1,2]", "" },
	{ "{'unevaluatedItems':false}", "{'a':1}", "" },
	{ "{'unevaluatedProperties':false}", "[1]", "" },
	{ "{'oneOf':[{'prefixItems':[true]},false],'unevaluatedItems':{'type':'null'}}",
	  "[1,null,2]", "[2] got number, want null" },

	{ "{'$defs':{'n':{'type':'null'}},'items':{'$ref':'#/$defs/n'}}", "[1]",
	  "[0] got number, want null" },
	{ "{'$ref':'#/a~1b/c~0d/%25/1','a/b':{'c~d':{'%':[0,{'type':'null'}]}}}", "1",
	  "[] got number, want null" },
	{ "{'properties':{'next':{'$ref':'#'}},'additionalProperties':false}",
	  "{'next':{'next':{'x':1}}}",
	  "[\"next\",\"next\"] additional properties 'x' not allowed" },
	{ "{'$ref':'#n','$defs':{'n':{'$anchor':'n','type':'null'}},'minimum':2}", "1",
	  "[] minimum: got 1, want 2; [] got number, want null" },
	{ "{'$id':'http://a.example/b/c','$ref':'../d?q#n','$defs':"
	  "{'n':{'$id':'/d?q','$defs':{'m':{'$anchor':'n','type':'null'}}}}}",
	  "1", "[] got number, want null" },
	{ "{'$id':'http://a.example/b/c','$ref':'./d/../"
	  "e','$defs':{'n':{'$id':'e','type':'null'}}}",
	  "1", "[] got number, want null" },
	{ "{'$id':'urn:x','$ref':'urn:y','$defs':{'n':{'$id':'urn:y','$ref':'#/$defs/m',"
	  "'$defs':{'m':{'type':'null'}}}}}",
	  "1", "[] got number, want null" },
	{ "{'$ref':'list','$id':'http://a.example/x','$defs':{'items':{'$dynamicAnchor':'item',"
	  "'type':'null'},'list':{'$id':'list','items':{'$dynamicRef':'#item'},"
	  "'$defs':{'d':{'$dynamicAnchor':'item'}}}}}",
	  "[1]", "[0] got number, want null" },
	{ "{'$id':'http://a.example/x','$ref':'y','$defs':{'y':{'$id':'y','$ref':'z','$defs':"
	  "{'n':{'$dynamicAnchor':'n','type':'null'}}},'z':{'$id':'z','$dynamicRef':'#n','$defs':"
	  "{'n':{'$dynamicAnchor':'n'}}}}}",
	  "1", "[] got number, want null" },
	{ "{'$id':'http://a.example/b/','$ref':'x.','$defs':{'n':{'$id':'x.','type':'null'}}}", "1",
	  "[] got number, want null" },
	{ "{'$ref':'#/%09','\\t':{'type':'null'}}", "1", "[] got number, want null" },
	{ "{'$dynamicRef':'#n','$defs':{'n':{'$anchor':'n','type':'null'}}}", "1",
	  "[] got number, want null" },
	{ "{'$id':'http://a.example/x','$ref':'y','$defs':{'n':{'$anchor':'n','type':'null'},"
	  "'y':{'$id':'y','$dynamicRef':'#n','$defs':{'n':{'$dynamicAnchor':'n'}}}}}",
	  "1", "" },
	{ "{'$id':'http://a.example/x','$ref':'y','$defs':{'n':{'$dynamicAnchor':'n','type':'null'}"
	  ",'y':{'$id':'y','$dynamicRef':'#n','$defs':{'n':{'$anchor':'n'}}}}}",
	  "1", "" },
	{ "{'$ref':'#n','$dynamicRef':'#/$defs/q','$defs':{'n':{'$dynamicAnchor':'n'},"
	  "'q':{'type':'null'}}}",
	  "1", "[] got number, want null" },
	{ "{'$id':'http://a.example/','$ref':'#/$defs/y/x','$defs':{'y':{'$id':'y/',"
	  "'x':{'$ref':'z'},'$defs':{'z':{'$id':'z','type':'null'}}}}}",
	  "1", "[] got number, want null" },
	{ "{'$id':'http://a.example','$ref':'/d','$defs':{'n':{'$id':'d','type':'null'}}}", "1",
	  "[] got number, want null" },
	{ "{'$id':'http://a.example/b','$ref':'../../d','$defs':{'n':{'$id':'d','type':'null'}}}",
	  "1", "[] got number, want null" },
	{ "{'$schema':'https://json-schema.org/draft/2020-12/schema#'}", "1", "" },

	{ "{'minimum':'x'}", "1", "[] schema: /minimum: got string, want number" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_misfits(cases[i].schema, cases[i].value, cases[i].violations);
}

/* What is no schema; why is NULL for a good one. */
static const struct {
	const char *schema, *why;
} checks[] = {
	{ "true", NULL },
	{ "{'properties':{'x':{'default':1,'type':'integer'}}}", NULL },
	{ "null", "got null, want boolean or object" },
	{ "{'properties':{'x':{'properties':null}}}",
	  "/properties/x/properties: got null, want object" },
	{ "{'properties':{'a/b~':1}}", "/properties/a~1b~0: got number, want boolean or object" },
	{ "{'items':[]}", "/items: got array, want boolean or object" },
	{ "{'not':'x'}", "/not: got string, want boolean or object" },
	{ "{'contentSchema':1}", "/contentSchema: got number, want boolean or object" },
	{ "{'allOf':{}}", "/allOf: got object, want array" },
	{ "{'anyOf':[]}", "/anyOf: minItems: got 0, want 1" },
	{ "{'oneOf':[true,1]}", "/oneOf/1: got number, want boolean or object" },
	{ "{'$defs':[]}", "/$defs: got array, want object" },
	{ "{'type':'int'}",
	  "/type: value must be one of 'array', 'boolean', 'integer', 'null', 'number', "
	  "'object', 'string'" },
	{ "{'type':1}", "/type: got number, want string or array" },
	{ "{'type':[]}", "/type: minItems: got 0, want 1" },
	{ "{'type':['null','null']}", "/type: items at 0 and 1 are equal" },
	{ "{'enum':1}", "/enum: got number, want array" },
	{ "{'multipleOf':0}", "/multipleOf: exclusiveMinimum: got 0, want 0" },
	{ "{'maximum':'1'}", "/maximum: got string, want number" },
	{ "{'minLength':-1}", "/minLength: minimum: got -1, want 0" },
	{ "{'minLength':1.5}", "/minLength: got number, want integer" },
	{ "{'uniqueItems':1}", "/uniqueItems: got number, want boolean" },
	{ "{'required':'x'}", "/required: got string, want array" },
	{ "{'required':['x',1]}", "/required/1: got number, want string" },
	{ "{'required':['x','y','x']}", "/required: items at 0 and 2 are equal" },
	{ "{'dependentRequired':[]}", "/dependentRequired: got array, want object" },
	{ "{'dependentRequired':{'a':1}}", "/dependentRequired/a: got number, want array" },
	{ "{'title':1}", "/title: got number, want string" },
	{ "{'readOnly':1}", "/readOnly: got number, want boolean" },
	{ "{'examples':1}", "/examples: got number, want array" },
	{ "{'$vocabulary':1}", "/$vocabulary: got number, want object" },

	{ "{'pattern':1}", "/pattern: got number, want string" },
	{ "{'pattern':'('}",
	  "/pattern: '(' is not a valid regular expression: missing closing parenthesis" },
	{ "{'patternProperties':{'[':true}}",
	  "/patternProperties/[: '[' is not a valid regular expression: "
	  "missing terminating ] for character class" },
	{ "{'pattern':'(?=a)'}",
	  "/pattern: '(?=a)' is not a valid regular expression: unsupported kind of group" },
	{ "{'pattern':'(?)'}",
	  "/pattern: '(?)' is not a valid regular expression: unsupported kind of group" },
	{ "{'pattern':'(?<!a)'}",
	  "/pattern: '(?<!a)' is not a valid regular expression: unsupported kind of group" },
	{ "{'pattern':'(?>a)'}",
	  "/pattern: '(?>a)' is not a valid regular expression: unsupported kind of group" },
	{ "{'pattern':'(*F)'}",
	  "/pattern: '(*F)' is not a valid regular expression: quantifier follows nothing" },
	{ "{'pattern':'(a)\\\\1'}",
	  "/pattern: '(a)\\1' is not a valid regular expression: unsupported escape" },
	{ "{'pattern':'[\\\\R]'}",
	  "/pattern: '[\\R]' is not a valid regular expression: unsupported escape" },
	{ "{'pattern':'a*+'}",
	  "/pattern: 'a*+' is not a valid regular expression: quantifier follows another" },
	{ "{'pattern':'a{2,}+'}",
	  "/pattern: 'a{2,}+' is not a valid regular expression: quantifier follows another" },
	{ "{'pattern':'a{2}+'}",
	  "/pattern: 'a{2}+' is not a valid regular expression: quantifier follows another" },
	{ "{'pattern':'a{1,1001}'}", "/pattern: 'a{1,1001}' is not a valid regular expression: "
				     "repetition must be at most 1000" },
	{ "{'pattern':'((a{999}){999})'}",
	  "/pattern: '((a{999}){999})' is not a valid regular expression: too large" },

	{ "{'$schema':'http://json-schema.org/draft-07/schema#'}",
	  "/$schema: got 'http://json-schema.org/draft-07/schema#', want "
	  "'https://json-schema.org/draft/2020-12/schema'" },
	{ "{'$schema':1}", "/$schema: got number, want string" },
	{ "{'$id':'a#b'}", "/$id: must not have a fragment" },
	{ "{'$id':1}", "/$id: got number, want string" },
	{ "{'$id':'http://a.example/','$defs':{'x':{'$id':'/'}}}",
	  "/$defs/x/$id: already used by another schema" },
	{ "{'$id':'http://a.example/b?q','$defs':{'x':{'$id':''}}}",
	  "/$defs/x/$id: already used by another schema" },
	{ "{'$defs':{'x':{'$anchor':'a'},'y':{'$dynamicAnchor':'a'}}}",
	  "/$defs/x/$anchor: already used by another schema" },
	{ "{'$anchor':'a','$dynamicAnchor':'a'}", NULL },
	{ "{'$anchor':'1'}", "/$anchor: '1' does not match pattern '^[A-Za-z_][-A-Za-z0-9._]*$'" },
	{ "{'$anchor':'a b'}",
	  "/$anchor: 'a b' does not match pattern '^[A-Za-z_][-A-Za-z0-9._]*$'" },
	{ "{'$ref':1}", "/$ref: got number, want string" },
	{ "{'$ref':'other'}", "/$ref: 'other' refers to another document, which is not supported" },
	{ "{'$ref':'https://json-schema.org/draft/2020-12/schema'}",
	  "/$ref: 'https://json-schema.org/draft/2020-12/schema' refers to another "
	  "document, which is not supported" },
	{ "{'$ref':'#/$defs/x'}", "/$ref: '#/$defs/x' does not exist" },
	{ "{'$ref':'#x'}", "/$ref: '#x' does not exist" },
	{ "{'$ref':'#/a/01','a':[0,true]}", "/$ref: '#/a/01' does not exist" },
	{ "{'$ref':'#/a/2','a':[0,true]}", "/$ref: '#/a/2' does not exist" },
	{ "{'$ref':'#/a~2','a~2':true}", "/$ref: '#/a~2' does not exist" },
	{ "{'$ref':'#/type','type':'null'}", "/type: got string, want boolean or object" },
	{ "{'$ref':'#%2'}", "/$ref: '#%2' is not a valid reference" },
	{ "{'$ref':'#%00'}", "/$ref: '#%00' is not a valid reference" },
	{ "{'$ref':'#%ff'}", "/$ref: '#%ff' is not a valid reference" },
	{ "{'$ref':'#/x','x':{'pattern':'('}}",
	  "/x/pattern: '(' is not a valid regular expression: missing closing parenthesis" },

	{ "{'$ref':'#/a/9','a':[0,0,0,0,0,0,0,0,0,true]}", NULL },
	{ "{'$ref':'#'}", "refers to itself without end" },
	{ "{'not':{'if':{'$ref':'#/not'}}}", "/not: refers to itself without end" },
	{ "{'dependentSchemas':{'a':{'allOf':[{'$dynamicRef':'#'}]}}}",
	  "refers to itself without end" },
	{ "{'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'anyOf':[true,{'$ref':'#/$defs/a'}]}}}",
	  "/$defs/a: refers to itself without end" },

	{ "{'properties':{'x':{'type':'integer','default':'a'}}}",
	  "/properties/x/default: got string, want integer" },
	{ "{'items':{'items':{'maximum':1},'default':[0,2]}}",
	  "/items/default/1: maximum: got 2, want 1" },
	{ "{'$defs':{'a':{'$ref':'#/$defs/b','default':1},'b':{'type':'null'}}}",
	  "/$defs/a/default: got number, want null" },
};

static void expect_check(const char *text, const char *want)
{
	cJSON *schema = parse(text);
	struct arena a;
	const char *why = NULL;

	CU_ASSERT_FATAL(schema != NULL);
	arena_init(&a, NULL, 0);
	EQ_INT_IN(text, jsonschema_check(&a, schema, &why), !want);
	EQ_STR_IN(text, why, want);
	arena_free(&a);
	cJSON_Delete(schema);
}

static void test_checks(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		expect_check(checks[i].schema, checks[i].why);
}

/* The first ones in the order of the value, whatever the order of the schema. */
static void test_many_misfits(void)
{
	struct buf schema = BUF_INIT(1 << 16), value = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);

	for (int i = 0; i < 50; i++) {
		buf_printf(&schema, "%s{'properties':{'k%d':{'type':'null'}}}",
			   i ? "," : "{'allOf':[", (i * 7 + 3) % 50);
		buf_printf(&value, "%s'k%d':1", i ? "," : "{", i);
		if (i < VIOLATIONS_MAX)
			buf_printf(&want, "%s[\"k%d\"] got number, want null", i ? "; " : "", i);
	}
	buf_add(&schema, "]}");
	buf_add(&value, "}");
	expect_misfits(schema.text, value.text, want.text);
	buf_free(&schema);
	buf_free(&value);
	buf_free(&want);
}

/* Of one place, too, the first ones. */
static void test_many_misfits_of_one(void)
{
	struct buf schema = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);

	for (int i = 1; i <= 50; i++) {
		buf_printf(&schema, "%s{'minimum':%d}", i > 1 ? "," : "{'allOf':[", i);
		if (i <= VIOLATIONS_MAX)
			buf_printf(&want, "%s[] minimum: got 0, want %d", i > 1 ? "; " : "", i);
	}
	buf_add(&schema, "]}");
	expect_misfits(schema.text, "0", want.text);
	buf_free(&schema);
	buf_free(&want);
}

/* URIs that are too long, groups too deep. */
static void test_limits(void)
{
	enum { GROUPS = 251 };
	char text[1024], groups[2 * GROUPS + 1] = { 0 }, *is;

	snprintf(text, sizeof text, "{'$id':'%0513d'}", 0);
	expect_check(text, "/$id: too long (at most 512 bytes, with its base URI)");
	snprintf(text, sizeof text, "{'$id':'%0512d'}", 0);
	expect_check(text, NULL);
	snprintf(text, sizeof text, "{'$ref':'%0513d'}", 0);
	is = misfits_of(text, "1");
	CU_ASSERT(strstr(is, "...' is too long") != NULL);
	free(is);
	memset(groups, '(', GROUPS);
	memset(groups + GROUPS, ')', GROUPS);
	snprintf(text, sizeof text, "{'pattern':'%s'}", groups);
	is = misfits_of(text, "1");
	CU_ASSERT(strstr(is, "groups nested too deep (at most 250)") != NULL);
	free(is);
	groups[2 * GROUPS - 1] = '\0';
	snprintf(text, sizeof text, "{'pattern':'%s'}", groups + 1);
	expect_check(text, NULL);
}

/* Long texts are cut, bytes that are not UTF-8 replaced. */
static void test_messages(void)
{
	char value[256], *is;

	snprintf(value, sizeof value, "'%0100d'", 0);
	is = misfits_of("{'pattern':'x'}", value);
	EQ_STR(is, "[] '0000000000000000000000000000000000000000000000000000000000000000...' "
		   "does not match pattern 'x'");
	free(is);
	snprintf(value, sizeof value, "{'%0100d':1}", 0);
	is = misfits_of("{'items':true,'additionalProperties':{'type':'null'}}", value);
	EQ_STR(is, "[\"0000000000000000000000000000000000000000000000000000000000000000...\"] "
		   "got number, want null");
	free(is);
	expect_misfits("{'required':['a\xff']}", "{}", "[] missing property 'a\xef\xbf\xbd'");
}

/* `count` times `piece`, with commas, between `before` and `after`. For free. */
static char *repeat(const char *before, const char *piece, int count, const char *after)
{
	struct buf b = BUF_INIT(1 << 23);

	buf_add(&b, before);
	for (int i = 0; i < count; i++)
		buf_printf(&b, "%s%s", i ? "," : "", piece);
	buf_add(&b, after);
	CU_ASSERT_FATAL(!b.bad);
	return b.text;
}

/* What would take for ever, or more stack or memory than there is. */
static void test_hostile(void)
{
	static const char complex[] = "[] too complex to be validated";
	char *text = repeat("'", "a", 1000, "'"), *many = repeat("[", "1", 100000, "]"), *schema;

	expect_misfits("{'pattern':'^(a*)*$'}", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'", complex);
	expect_misfits("{'pattern':'(.*)(.*)(.*)(.*)x'}", text, complex);
	expect_misfits("{'pattern':'^[a,]+$'}", text, "");
	free(text);
	schema = repeat("{'allOf':[", "{'contains':{'const':0}}", 1000, "]}");
	expect_misfits(schema, many, complex);
	free(schema);
	schema = repeat("{'allOf':[", "{'uniqueItems':true}", 1000, "]}");
	expect_misfits(schema, "[1,2]", "");
	free(schema);
	schema = repeat("{'allOf':[", "{'unevaluatedItems':true}", 1000, "]}");
	expect_misfits(schema, many, complex);
	free(schema);
	free(many);
}

/* A text with the name in place of each %s. */
static void add_named(struct buf *b, const char *text, const char *name)
{
	for (const char *at; (at = strstr(text, "%s")); text = at + 2) {
		buf_addn(b, text, (size_t)(at - text));
		buf_add(b, name);
	}
	buf_add(b, text);
}

/* Long keys and names cost what it takes to compare them, however often a schema does. */
static void test_long(void)
{
	enum { LEN = 1 << 20, TIMES = 1000 };
	/* What is applied a thousand times; what is in $defs; a value: all with the same long
	 * name for %s. */
	static const struct {
		const char *piece, *defs, *value;
	} long_ones[] = {
		{ "{'propertyNames':{'minLength':1}}", "", "{'%s':1}" },
		{ "{'properties':{'x':true}}", "", "{'%s':1}" },
		{ "{'$ref':'#/$defs/a'}", "'a':{'required':['%s']}", "{'%s':1}" },
		{ "{'$ref':'#/$defs/a'}", "'a':{'dependentRequired':{'%s':[]}}", "{'%s':1}" },
		{ "{'$ref':'#/$defs/a'}", "'a':{'dependentSchemas':{'%s':true}}", "{'%s':1}" },
		{ "{'$ref':'#/$defs/a'}", "'a':{'$dynamicRef':'#%s'},'b':{'$dynamicAnchor':'%s'}",
		  "1" },
		{ "{'pattern':'^a'}", "", "'%s'" },
	};
	char *name = malloc(LEN + 1);

	CU_ASSERT_FATAL(name != NULL);
	memset(name, 'a', LEN);
	name[LEN] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(long_ones); i++) {
		struct buf end = BUF_INIT(1 << 23), value = BUF_INIT(1 << 23);
		char *schema, *few;

		buf_add(&end, "],'$defs':{");
		add_named(&end, long_ones[i].defs, name);
		buf_add(&end, "}}");
		add_named(&value, long_ones[i].value, name);
		schema = repeat("{'allOf':[", long_ones[i].piece, TIMES, end.text);
		few = repeat("{'allOf':[", long_ones[i].piece, 10, end.text);
		expect_misfits(schema, value.text, "[] too complex to be validated");
		expect_misfits(few, value.text, "");
		free(schema);
		free(few);
		buf_free(&end);
		buf_free(&value);
	}
	free(name);
}

/* Numbers that take long to divide, and names of properties that a const is compared to. */
static void test_costly(void)
{
	char *many = repeat("[", "1.7e308", 5000, "]"), *some = repeat("[", "1.7e308", 100, "]");
	char digits[201], schema[256];
	char *name = repeat("{'", "a,a,a,a,a,a,a,a", 20000, "':1}");
	char *names = repeat("{'propertyNames':{'allOf':[", "{'not':{'const':0}}", 3000, "]}}");

	snprintf(digits, sizeof digits, "%0200d", 0);
	snprintf(schema, sizeof schema, "{'items':{'not':{'multipleOf':3%s7e-300}}}", digits);
	expect_misfits(schema, many, "[] too complex to be validated");
	expect_misfits(schema, some, "");
	expect_misfits(names, name, "[] too complex to be validated");
	free(many);
	free(some);
	free(name);
	free(names);
}

/* A class of many ranges is slow at every character; repetitions take memory. */
static void test_patterns(void)
{
	struct buf class = BUF_INIT(1 << 20), schema = BUF_INIT(1 << 22), text = BUF_INIT(1 << 22);
	char *few;

	buf_add(&class, "[^");
	for (int i = 0; i < 5000; i++)
		buf_printf(&class, "%c%c%c", 0xe4 + i / 2048, 0x80 + i / 32 % 64,
			   0x80 + i * 2 % 64);
	buf_add(&class, "]");
	buf_addc(&text, '\'');
	for (int i = 0; i < 100000; i++)
		buf_add(&text, "\xe9\xbf\xbf");
	buf_addc(&text, '\'');
	buf_printf(&schema, "{'pattern':'%s{2}x'}", class.text);
	expect_misfits(schema.text, text.text, "[] too complex to be validated");
	buf_clear(&schema);
	buf_printf(&schema, "{'pattern':'%s+x'}", class.text);
	expect_misfits(schema.text, text.text, "[] too complex to be validated");
	buf_clear(&schema);
	buf_printf(&schema, "{'pattern':'^%s+$'}", class.text);
	expect_misfits(schema.text, "'\xe9\xbf\xbf\xe9\xbf\xbf'", "");

	buf_clear(&schema);
	buf_add(&schema, "{'patternProperties':{");
	for (int i = 0; i < 5000; i++)
		buf_printf(&schema, "%s'(a?b?c?d?){999}%d':true", i ? "," : "", i);
	buf_add(&schema, "}}");
	few = misfits_of(schema.text, "{}");
	CU_ASSERT(strstr(few, "patterns of the schema are too large (at most 32 MiB)") != NULL);
	free(few);
	buf_free(&class);
	buf_free(&schema);
	buf_free(&text);
}

/* d0 applies d1 twice, and so on. */
static void test_doubling(void)
{
	struct buf b = BUF_INIT(1 << 16);

	buf_add(&b, "{'$ref':'#/$defs/d0','$defs':{");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "'d%d':{'anyOf':[{'$ref':'#/$defs/d%d'},{'$ref':'#/$defs/d%d'}]},",
			   i, i + 1, i + 1);
	buf_add(&b, "'d40':{'type':'null'}}}");
	expect_misfits(b.text, "null", "");
	expect_misfits(b.text, "1", "[] too complex to be validated");
	buf_free(&b);
}

static void expect_chain(int length, const char *value, const char *want)
{
	struct buf b = BUF_INIT(1 << 20);

	buf_add(&b, "{'$ref':'#/$defs/d0','$defs':{");
	for (int i = 0; i < length; i++)
		buf_printf(&b, "'d%d':{'$ref':'#/$defs/d%d'},", i, i + 1);
	buf_printf(&b, "'d%d':{'type':['null','array'],'items':{'$ref':'#'}}}}", length);
	expect_misfits(b.text, value, want);
	buf_free(&b);
}

static void test_chains(void)
{
	expect_chain(900, "1", "[] got number, want null or array");
	expect_chain(300, "[[1]]", "[0,0] got number, want null or array");
	expect_chain(300, "[[[1]]]", "[] too complex to be validated");
	expect_chain(2000, "1",
		     "[] schema: /$defs/d999: chain of references is too long (at most 1000)");
}

static void test_depth(void)
{
	char value[2 * (JSON_DEPTH + 1) + 1] = { 0 };

	memset(value, '[', JSON_DEPTH);
	memset(value + JSON_DEPTH, ']', JSON_DEPTH);
	expect_misfits("{'items':{'$ref':'#'}}", value, "");
	memset(value, '[', JSON_DEPTH + 1);
	memset(value + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	expect_misfits("{'items':{'$ref':'#'}}", value, "[] " JSON_TOO_DEEP);
	expect_misfits(value, "1", "[] schema: " JSON_TOO_DEEP);
}

UNIT_MAIN("jsonschema", { "cases", test_cases }, { "checks", test_checks },
	  { "many misfits", test_many_misfits },
	  { "many misfits of one", test_many_misfits_of_one }, { "limits", test_limits },
	  { "messages", test_messages }, { "hostile", test_hostile }, { "long", test_long },
	  { "costly", test_costly }, { "patterns", test_patterns }, { "doubling", test_doubling },
	  { "chains", test_chains }, { "depth", test_depth })
