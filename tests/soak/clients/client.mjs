// SPDX-License-Identifier: MIT
// client.mjs fetch|axios URL SIZE TRIES - PUT a body, and count the answers that are 413.
import { createRequire } from "node:module";

const [name, url, size, tries] = process.argv.slice(2);
const body = Buffer.alloc(Number(size), "x");

// From where the script has installed it.
const axios = name === "axios" ? createRequire(process.cwd() + "/")("axios") : null;

const clients = {
	async fetch() {
		const answer = await fetch(url, { method: "PUT", body });
		await answer.text();
		return answer.status;
	},
	async axios() {
		const options = { validateStatus: () => true, maxBodyLength: Infinity };
		return (await axios.put(url, body, options)).status;
	},
};

let count = 0;
for (let i = 0; i < Number(tries); i++) {
	try {
		count += (await clients[name]()) === 413;
	} catch (error) {
		console.error(String(error), String(error.cause ?? ""));
	}
}
console.log(count);
