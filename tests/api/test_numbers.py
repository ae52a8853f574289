# SPDX-License-Identifier: MIT
"""Numbers in schemas and content, of any length and exponent: they are compared, divided and told
apart as Python's decimal does it, and shown as they were sent. tests/unit/schema/jsonschema.c has the
cases of the JSON Schema Test Suite."""

import decimal
import fractions
import os
import random

import configs
import harness
from configs import schema, slot

PAIRS = 500  # in one request
LONG = "12345678910111213141516171819202122232425262728293031"
# One is nearly, or exactly, the other: as doubles many of them are equal.
SHIFTS = ("1", "-1", "0", "0", "1e-30", "-1e-17", "5", "1e-400", "1e17", "-2")
# For what is allowed to be equal only in value.
decimal.getcontext().prec = 2000
decimal.getcontext().Emax, decimal.getcontext().Emin = 10**6, -10**6


class Numbers:
    """Random ones, of which many are close to each other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def number(self, digits=40, exponent=400):
        chance = self.random
        text = str(chance.randrange(10 ** chance.randint(1, digits)))
        if chance.random() < 0.4:
            text += "." + "".join(chance.choices("0123456789", k=chance.randint(1, 20)))
        if chance.random() < 0.4:
            text += f"{chance.choice('eE')}{chance.choice(('', '+', '-'))}"
            text += str(chance.randint(0, chance.choice((3, 20, exponent))))
        return chance.choice(("", "-")) + text

    def written(self, value):
        """Another way to write the same number."""
        sign, digits, exponent = value.as_tuple()
        zeros = self.random.choice((0, 0, 1, 20))
        text = "".join(map(str, digits)) + "0" * zeros
        exponent -= zeros
        point = self.random.randint(1, len(text))
        whole, fraction = text[:point], text[point:]
        text = str(int(whole)) + (f".{fraction}" if fraction else "")
        exponent += len(fraction)
        return "-" * sign + text + (f"e{exponent}" if exponent else "")

    def pair(self):
        first = self.number()
        if self.random.random() < 0.2:
            return first, self.number()
        value = decimal.Decimal(first)
        shift = decimal.Decimal(self.random.choice(SHIFTS))
        return first, self.written(value + shift)


class Exact(configs.TestCase):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("SEED", random.randrange(10**9)))
        print(f"seed {seed}")
        self.numbers = Numbers(seed)

    def assert_fits(self, rules, values, format):
        """An array of these values fits a schema that has a rule for each."""
        made = self.call("POST", "/config_schemas", schema(
            f'{{"prefixItems": [{",".join(rules)}]}}', format=format,
            instance_slots=[slot(filepath=f"/a.{format}")]))
        data = f"[{', '.join(values)}]"
        self.make_instance(made["id"], data, format)

    def each_format(self, count, make):
        """Check many pairs of a rule and a value, in requests of PAIRS, half of them as YAML."""
        for i in range(0, count, PAIRS):
            rules, values = zip(*(make() for _ in range(PAIRS)))
            self.assert_fits(rules, values, ("json", "yaml")[i // PAIRS % 2])

    def test_order(self):
        orders = set()

        def make():
            bound, value = self.numbers.pair()
            order = decimal.Decimal(value).compare(decimal.Decimal(bound))
            orders.add(int(order))
            yes, no = {
                1: ('"exclusiveMinimum"', ('"maximum"', '"const"')),
                -1: ('"exclusiveMaximum"', ('"minimum"', '"const"')),
                0: ('"const"', ('"exclusiveMinimum"', '"exclusiveMaximum"')),
            }[int(order)]
            return (f'{{{yes}: {bound}, "not": {{"anyOf": ['
                    f'{", ".join(f"{{{key}: {bound}}}" for key in no)}]}}}}', value)

        self.each_format(10_000, make)
        self.assertEqual(orders, {-1, 0, 1})

    def test_integers_and_multiples(self):
        seen = set()

        def make():
            step = self.numbers.number(30, 30).lstrip("-")
            if not decimal.Decimal(step):
                step = "7"
            value = self.numbers.number(60, 60)
            if self.numbers.random.random() < 0.6:
                factor = decimal.Decimal(self.numbers.number(30, 3)).to_integral_value()
                value = self.numbers.written(decimal.Decimal(step) * factor)
            exact = fractions.Fraction(value)
            multiple = (exact / fractions.Fraction(step)).denominator == 1
            integer = exact.denominator == 1
            seen.add((multiple, integer))
            rules = [rule if right else f'{{"not": {rule}}}' for rule, right in (
                (f'{{"multipleOf": {step}}}', multiple), ('{"type": "integer"}', integer))]
            return f'{{"type": "number", "allOf": [{", ".join(rules)}]}}', value

        self.each_format(2 * PAIRS, make)
        self.assertEqual(len(seen), 4)

    def test_equal_schemas(self):
        """However its numbers are written, a schema is the same; with another number, another."""
        for format in ("json", "yaml"):
            for _ in range(50):
                first, second = self.numbers.pair()
                value = decimal.Decimal(first)
                ids = [self.make_schema(f'{{"maximum": {text}}}', format=format)["id"]
                       for text in (first, self.numbers.written(value), second)]
                self.assertEqual(ids[0], ids[1], first)
                self.assertEqual(ids[0] == ids[2], value == decimal.Decimal(second), (first, second))


class Shown(configs.TestCase):
    """A number in a message is as it was sent."""

    def refuse(self, rule, value, *messages, format="json"):
        made = self.make_schema(rule, format=format,
                                instance_slots=[slot(filepath=f"/a.{format}")])["id"]
        answer = self.server.call("POST", "/config_instances", {
            "config_schema_id": made, "content": {"format": format, "data": value}})
        self.assert_refused(answer, 400, "config_instance_invalid")
        self.assertEqual([e["message"] for e in answer.error["params"]["errors"]],
                         list(messages), answer.text)

    def test_content(self):
        self.refuse('{"maximum": 9007199254740992}', "9007199254740993",
                    "maximum: got 9007199254740993, want 9007199254740992")
        self.refuse('{"maximum": 1.50}', "2.00E0", "maximum: got 2.00E0, want 1.50")
        self.refuse('{"minimum": -0}', "-1e400", "minimum: got -1e400, want -0")
        self.refuse('{"enum": [1.0, 2.5]}', "3", "value must be one of 1.0, 2.5")
        self.refuse(f'{{"exclusiveMinimum": {LONG}}}', LONG,
                    f"exclusiveMinimum: got {LONG}, want {LONG}")
        self.refuse('{"type": "integer"}', "1e-400", "got number, want integer")
        self.refuse('{"maximum": 0}', "1" * 100, f"maximum: got {'1' * 64}..., want 0")

    def test_yaml(self):
        self.refuse("maximum: 9_007_199_254_740_992", "9007199254740993",
                    "maximum: got 9007199254740993, want 9_007_199_254_740_992", format="yaml")
        self.refuse("type: integer\nmaximum: 0x10", "1e400",
                    "maximum: got 1e400, want 16", format="yaml")
        self.refuse("minimum: +1.50", ".5", "minimum: got .5, want +1.50", format="yaml")

    def test_schemas(self):
        for data, words in (('{"minLength": -1.0}', "minimum: got -1.0, want 0"),
                            ('{"multipleOf": 0.00}', "exclusiveMinimum: got 0.00, want 0"),
                            ('{"minLength": 1e-400}', "got number, want integer"),
                            ('{"maximum": 1e400, "default": 1e401}',
                             "maximum: got 1e401, want 1e400")):
            self.refused("POST", "/config_schemas", schema(data), 400, "invalid_config_schema",
                         words)

    def test_bodies(self):
        """In place of a text: cJSON would show another number."""
        for text in ("9007199254740993", "1.50", "[9007199254740993,{\"b\":1.50,\"a\":2e0}]"):
            answer = self.server.call("POST", "/config_types",
                                      f'{{"name": {text}, "slug": "x"}}'.encode())
            self.assert_refused(answer, 400, "invalid_request", f"found {text}")


class Hostile(configs.TestCase):
    """What would take for ever, if powers of ten were written out or divided without a limit."""

    def test_exponents(self):
        made = self.make_schema(
            '{"items": {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 7e-999999999999}}')
        self.make_instance(made["id"], "[14, 7e999999999999, 7e99999999999999999999999999]")
        self.refused("POST", "/config_instances", {
            "config_schema_id": made["id"],
            "content": {"format": "json", "data": "[1e999999999999, 1e-999999999999]"}},
            400, "config_instance_invalid",
            "multipleOf: got 1e999999999999, want 7e-999999999999")

    def test_lengths(self):
        digits = "3" * 250_000
        made = self.make_schema(f'{{"maximum": {digits}, "items": {{"multipleOf": {digits}}}}}')
        self.make_instance(made["id"], digits[:-1] + "2")
        self.refused("POST", "/config_instances", {
            "config_schema_id": made["id"],
            "content": {"format": "json", "data": f"[{digits}1]"}},
            400, "config_instance_invalid", "too complex to be validated")


if __name__ == "__main__":
    harness.main()
