/* SPDX-License-Identifier: MIT */
/* JSON text written from left to right, on one line and indented. */
#include "base/json_writer.h"

#include "unit/unit.h"

static void write_sample(struct writer *w)
{
	writer_open(w, '{');
	writer_key(w, "a");
	writer_text(w, "x\"y");
	writer_key(w, "list");
	writer_open(w, '[');
	writer_item(w);
	writer_raw(w, "null");
	writer_item(w);
	writer_open(w, '{');
	writer_close(w, '}');
	writer_close(w, ']');
	writer_key(w, "none");
	writer_open(w, '[');
	writer_close(w, ']');
	writer_close(w, '}');
}

static void test_writer(void)
{
	struct buf b = BUF_INIT(1024);
	struct writer w = { .out = &b, .empty = true };

	write_sample(&w);
	EQ_STR(b.text, "{\"a\":\"x\\\"y\",\"list\":[null,{}],\"none\":[]}");
	buf_clear(&b);
	w = (struct writer){ .out = &b, .indent = true, .empty = true };
	write_sample(&w);
	EQ_STR(b.text, "{\n  \"a\": \"x\\\"y\",\n  \"list\": [\n    null,\n    {}\n  ],\n"
		       "  \"none\": []\n}\n");
	buf_free(&b);
}

UNIT_MAIN("json_writer", { "writer", test_writer })
