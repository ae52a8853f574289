/* SPDX-License-Identifier: MIT
 * digest.c - SHA-256, and a number of 32 bytes written in base 58.
 */
#include "schema/digest.h"

#include <nettle/sha2.h>

#include "base/idgen.h"
#include "base/json_writer.h"

enum {
	DIGITS = 44, /* 58 to the power of 44 is more than 256 to the power of 32 */
	INPUT_MAX = 1 << 30,
};

char *digest_text(struct arena *a, const char *bytes, size_t len)
{
	struct sha256_ctx context;
	uint8_t hash[SHA256_DIGEST_SIZE];
	char digits[DIGITS + 1];

	sha256_init(&context);
	sha256_update(&context, len, (const uint8_t *)bytes);
	sha256_digest(&context, sizeof hash, hash);
	digits[DIGITS] = '\0';
	/* The last digit is the remainder of the division by 58, and so on. */
	for (int digit = DIGITS - 1; digit >= 0; digit--) {
		unsigned rest = 0;

		for (size_t i = 0; i < sizeof hash; i++) {
			unsigned value = rest * 256 + hash[i];

			hash[i] = (uint8_t)(value / 58);
			rest = value % 58;
		}
		digits[digit] = idgen_base58[rest];
	}
	return arena_printf(a, "sha256:%s", digits);
}

static void write_slot(struct writer *w, const struct digest_slot *slot)
{
	writer_open(writer_item(w), '{');
	writer_text(writer_key(w, "filepath"), slot->filepath);
	writer_text(writer_key(w, "key"), slot->key);
	writer_raw(writer_key(w, "required"), slot->required ? "true" : "false");
	writer_close(w, '}');
}

char *digest_schema(struct arena *a, const struct digest_input *in)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(INPUT_MAX);
	struct writer w = { .out = &text, .empty = true };

	/* The keys are in order: this is canonical JSON as well. */
	writer_open(&w, '{');
	writer_text(writer_key(&w, "config_type_id"), in->config_type_id);
	writer_raw(writer_key(&w, "documents"), in->documents);
	writer_text(writer_key(&w, "format"), in->format);
	writer_text(writer_key(&w, "instance_format"), in->instance_format);
	writer_text(writer_key(&w, "language"), in->language);
	writer_open(writer_key(&w, "slots"), '[');
	for (size_t i = 0; i < in->nslots; i++)
		write_slot(&w, &in->slots[i]);
	writer_close(&w, ']');
	writer_close(&w, '}');
	return text.bad ? NULL : digest_text(a, text.text, text.len);
}
