/*
 * status.c - error_status over activity_status.
 */
#include "model/status.h"

#include "base/util.h"

const char *status_merge(const char *activity_status, const char *error_status)
{
	return streq(error_status, "none") ? activity_status : error_status;
}
