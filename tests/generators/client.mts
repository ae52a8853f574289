// SPDX-License-Identifier: MIT
// Reads a deployment, and a refusal, with a client that openapi-typescript has typed. Every member
// that it uses must be in the document, or it does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Version = paths["/deployments/{deployment_id}"]["parameters"]["header"]["Miru-Version"];

const [baseUrl, key, version] = process.argv.slice(2) as [string, string, Version];
const client = createClient<paths>({ baseUrl, headers: { "X-API-Key": key } });
const header = { "Miru-Version": version };
const read = (deployment_id: string) => client.GET("/deployments/{deployment_id}", {
  params: { header, path: { deployment_id }, query: { expand: ["device", "release"] } },
});

const found = (await read("dpl_123")).data;
const refused: components["schemas"]["Error"] | undefined = (await read("dpl_no")).error;
console.log(found?.id, found?.device?.name, found?.release?.version, refused?.error.code,
  refused?.error.params["resource_id"]);
