# What is deployed is deployed. curl --fail fails where the answer is an error.
# SPDX-License-Identifier: MIT
api() {
	curl -sS --fail -H "X-API-Key: $MIRU_API_KEY" -H "Miru-Version: 2026-08-17.everglades" "$@"
}

api -X POST "$MIRU_BASE_URL/deployments/dpl_123/deploy"
api "$MIRU_BASE_URL/deployments/dpl_123" | grep '"status": "deployed"'
