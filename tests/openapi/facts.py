#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The facts of an OpenAPI 3.0 document: what it says to a program, without its prose.

    tests/openapi/facts.py SPEC.yaml >tests/openapi/VERSION.json

{"operations": {"GET /devices": {"operationId", "tags", "summary",
                                 "parameters": {"query limit": VALUE, ...},
                                 "security": [...],
                                 "body": {"application/json": VALUE},            if it has one
                                 "answers": {"200 application/json": VALUE}}},   successes only
 "resources": {"device": {"agent_version": VALUE, ...}}}

A VALUE is what is said of it, where that is not the usual: "type", "format", "enum" (sorted),
"nullable", bounds, "default", "style" and "explode", and "required" of what contains it; "items"
of an array is a VALUE, "fields" of an object are VALUEs. Of an object that is a resource - one
with an id, and one word for its `object` - the fields are said once, in "resources"; elsewhere it
only "refers" to that word. So expansions, which go round in circles, come to an end. $ref and allOf
leave no trace.
"""

import json
import sys

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROSE = {"title", "description", "summary", "example", "examples", "externalDocs", "tags"}
WIDTH = 100


def of(document):
    """The facts of a document."""
    reader = Reader(document)
    operations = {f"{method.upper()} {path}": reader.operation(item, item[method])
                  for path, item in document["paths"].items() for method in METHODS
                  if method in item}
    return {"operations": operations, "resources": reader.resources}


def text(value, indent=0, before=0):
    """JSON, sorted, where what fits into a line stands in one; `before` stands in front of it."""
    line = json.dumps(value, sort_keys=True)
    if indent + before + len(line) < WIDTH or not value or not isinstance(value, (dict, list)):
        return line
    if isinstance(value, dict):
        names = {name: f"{json.dumps(name)}: " for name in sorted(value)}
        parts = [head + text(value[name], indent + 2, len(head)) for name, head in names.items()]
        opening, closing = "{}"
    else:
        parts = [text(item, indent + 2) for item in value]
        opening, closing = "[]"
    lines = ",\n".join(" " * (indent + 2) + part for part in parts)
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


class Reader:
    """One document, read; `resources` grows as operations lead to them."""

    def __init__(self, document):
        self.document = document
        self.resources = {}
        self.described = {}  # how the document describes each of them

    def resolve(self, node):
        """The node itself, or what its $ref leads to within the document."""
        while "$ref" in node:
            root, *steps = node["$ref"].split("/")
            if root != "#":
                raise ValueError(f"not of this document: {node['$ref']}")
            node = self.document
            for step in steps:
                node = node[step.replace("~1", "/").replace("~0", "~")]
        return node

    def operation(self, path_item, operation):
        parameters = {}
        for parameter in path_item.get("parameters", []) + operation.get("parameters", []):
            parameter = self.resolve(parameter)
            parameters[f"{parameter['in']} {parameter['name']}"] = self.parameter(parameter)
        facts = {"parameters": parameters, "security": self.security(operation), "answers": {}}
        facts |= {name: operation[name] for name in ("operationId", "tags", "summary")
                  if name in operation}
        if "requestBody" in operation:
            body = self.resolve(operation["requestBody"])
            facts["body"] = {kind: self.value(media["schema"], body.get("required", False))
                             for kind, media in body["content"].items()}
        for status, answer in operation["responses"].items():
            if str(status).startswith("2"):
                facts["answers"].update(self.answer(status, self.resolve(answer)))
        return facts

    def parameter(self, parameter):
        value = self.value(parameter["schema"], parameter.get("required", False))
        usual = "form" if parameter["in"] in ("query", "cookie") else "simple"
        style = parameter.get("style", usual)
        if style != usual:
            value["style"] = style
        if value.get("type") == "array" and parameter.get("explode") == (style != "form"):
            value["explode"] = parameter["explode"]
        return value

    def security(self, operation):
        """What must come with the request: a list of alternatives."""
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        return [[bare(self.resolve(schemes[name])) for name in sorted(needed)] for needed in
                operation.get("security", self.document.get("security", []))]

    def answer(self, status, answer):
        facts = {f"{status} {kind}": self.value(media["schema"])
                 for kind, media in answer.get("content", {}).items()}
        for name, header in answer.get("headers", {}).items():
            header = self.resolve(header)
            facts[f"{status} header {name}"] = self.value(header["schema"],
                                                          header.get("required", False))
        return facts or {f"{status}": None}

    def whole(self, schema):
        """A schema in one piece; what stands beside an allOf counts more than what is in it."""
        schema = self.resolve(schema)
        parts = [self.whole(part) for part in schema.get("allOf", [])] + [schema]
        whole = {name: said for part in parts for name, said in part.items() if name != "allOf"}
        whole["properties"] = {name: field for part in parts
                               for name, field in part.get("properties", {}).items()}
        whole["required"] = sorted({name for part in parts for name in part.get("required", [])})
        return whole

    def value(self, schema, required=False):
        whole = self.whole(schema)
        fields, names = whole.pop("properties"), whole.pop("required")
        value = {name: said for name, said in bare(whole).items()
                 if (name, said) != ("nullable", False)}
        if required:
            value["required"] = True
        if "enum" in value:
            value["enum"] = sorted(value["enum"], key=str)
        if "items" in value:
            value["items"] = self.value(value["items"])
        unknown = set(names) - set(fields)
        if unknown:
            raise ValueError(f"required, but no properties: {sorted(unknown)}")
        constant = self.value(fields["object"]).get("enum", []) if "object" in fields else []
        if "id" in fields and len(constant) == 1:
            value["refers"] = constant[0]
            self.resource(constant[0], fields, names)
        elif fields:
            value["fields"] = self.fields(fields, names)
        return value

    def resource(self, word, fields, names):
        if word not in self.described:
            self.described[word] = fields, names
            self.resources[word] = self.fields(fields, names)
        elif self.described[word] != (fields, names):
            raise ValueError(f"two schemas are a {word}, and they differ")

    def fields(self, fields, names):
        return {name: self.value(field, name in names) for name, field in fields.items()}


def bare(node):
    """Without prose and extensions."""
    return {name: said for name, said in node.items()
            if name not in PROSE and not name.startswith("x-")}


def main():
    import yaml  # here, so that reading JSON needs nothing but Python

    with open(sys.argv[1]) as file:
        document = yaml.safe_load(file)
    version = document["info"]["version"]
    commit, = document["components"]["schemas"]["APIGitCommit"]["enum"]
    print(text({"extracted_from": {"version": version, "commit": commit}, **of(document)}))


if __name__ == "__main__":
    main()
