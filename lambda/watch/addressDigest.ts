import { createHash } from "node:crypto";

/** Enough digits that no two addresses of a topic share them. */
const DIGITS = 12;

/** Names an address without its text: a user may keep it secret, and Lambda's variables have little room. The letter case does not count. */
export function addressDigest(address: string): string {
    return createHash("sha256").update(address.toLowerCase()).digest("hex").slice(0, DIGITS);
}
