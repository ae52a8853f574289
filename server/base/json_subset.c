/* SPDX-License-Identifier: MIT
 * json_subset.c - walks two trees at once.
 */
#include "base/json_subset.h"

#include <stdlib.h>

#include "base/decimal.h"

static bool same_number(const cJSON *a, const cJSON *b)
{
	char one[JSON_NUMBER_LEN], other[JSON_NUMBER_LEN];
	const struct decimal x = decimal_read(json_number_text(a, one));
	const struct decimal y = decimal_read(json_number_text(b, other));

	return decimal_compare(&x, &y) == 0;
}

bool json_same_scalar(const cJSON *a, const cJSON *b)
{
	if (cJSON_IsString(a))
		return cJSON_IsString(b) && streq(a->valuestring, b->valuestring);
	if (cJSON_IsNumber(a))
		return cJSON_IsNumber(b) && same_number(a, b);
	return (cJSON_IsNull(a) && cJSON_IsNull(b)) || (cJSON_IsTrue(a) && cJSON_IsTrue(b)) ||
	       (cJSON_IsFalse(a) && cJSON_IsFalse(b));
}

/* Each item wanted takes the first that holds it and is not taken yet. */
static bool list_holds(const cJSON *have, const cJSON *want, bool *failed)
{
	const int n = cJSON_GetArraySize(want);
	bool *taken, ok = cJSON_IsArray(have) && cJSON_GetArraySize(have) == n;
	const cJSON *wanted, *item;

	if (!ok || n == 0)
		return ok;
	taken = calloc((size_t)n, sizeof *taken);
	*failed |= !taken;
	if (!taken)
		return false;
	cJSON_ArrayForEach(wanted, want) {
		size_t i = 0;

		cJSON_ArrayForEach(item, have) {
			if (!taken[i] && json_holds(item, wanted, failed))
				break;
			i++;
		}
		if (!item) {
			ok = false;
			break;
		}
		taken[i] = true;
	}
	free(taken);
	return ok;
}

bool json_holds(const cJSON *have, const cJSON *want, bool *failed)
{
	const cJSON *wanted;

	if (cJSON_IsArray(want))
		return list_holds(have, want, failed);
	if (!cJSON_IsObject(want))
		return have && json_same_scalar(have, want);
	if (!cJSON_IsObject(have))
		return false;
	cJSON_ArrayForEach(wanted, want) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(have, wanted->string);

		if (!json_holds(item, wanted, failed))
			return false;
	}
	return true;
}
