// Asks the reference verifiers from npm about credentials; whatever they would fetch is given to them.
import { readFileSync } from "node:fs";
import { verifyCredential } from "@digitalbazaar/vc";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";

const { credentials, documents } = JSON.parse(readFileSync(0, "utf-8"));
const documentLoader = async (url) => {
  if (!(url in documents)) throw new Error(`nothing was given for ${url}`);
  return { contextUrl: null, documentUrl: url, document: documents[url] };
};
const suite = new DataIntegrityProof({ cryptosuite });
const told = {};
for (const [name, credential] of Object.entries(credentials)) {
  const result = await verifyCredential({ credential, suite, documentLoader, checkStatus });
  told[name] = {
    verified: result.verified,
    status: result.statusResult?.verified ?? null,
    listed: result.statusResult?.results?.map(({ status }) => status) ?? null,
    error: result.error ? String(result.error.errors?.[0]?.message ?? result.error.message) : null,
  };
}
console.log(JSON.stringify(told));
