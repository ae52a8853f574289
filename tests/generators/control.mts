// SPDX-License-Identifier: MIT
// Drives the server with a client that openapi-typescript has typed: the clock, rows, faults, the
// journal, changes, and a refusal. Every member that it uses must be in the document, or it does not
// compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./control-api.js";

const [baseUrl] = process.argv.slice(2) as [string];
const control = createClient<paths>({ baseUrl });

const clock = (await control.PUT("/_mock/clock", {
  body: { mode: "frozen", now: "2026-03-02T08:00:00Z" },
})).data;
const device = (await control.GET("/_mock/devices/{device_id}", {
  params: { path: { device_id: "dvc_123" }, query: { expand: ["group"] } },
})).data;
const page = (await control.GET("/_mock/devices", { params: { query: { limit: 1 } } })).data;
await control.PUT("/_mock/faults", {
  body: { faults: [{ operation: "getDevice", status: 503, body: null }] },
});
await fetch(`${baseUrl}/beta/devices/dvc_123`, { headers: { "X-API-Key": "miru_mock_admin" } });
const rule = (await control.GET("/_mock/faults")).data?.faults[0];
const entry = (await control.GET("/_mock/requests", {
  params: { query: { operation: "getDevice" } },
})).data?.requests[0];
await control.DELETE("/_mock/faults");
await fetch(`${baseUrl}/beta/devices/dvc_123`, {
  method: "PATCH",
  headers: { "X-API-Key": "miru_mock_admin", "Miru-Version": "2026-08-17.everglades" },
  body: JSON.stringify({ name: "renamed" }),
});
const change = (await control.GET("/_mock/changes")).data?.changes[0];
const refused: components["schemas"]["Error"] | undefined =
  (await control.POST("/_mock/clock/advance", { body: { seconds: -1 } })).error;
console.log(clock?.mode, device?.id, device?.group?.id, page?.data.length, rule?.operation,
  entry?.status, entry?.operation, change?.change, change?.field, change?.to, refused?.error.code);
