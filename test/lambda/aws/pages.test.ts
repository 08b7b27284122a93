import assert from "node:assert/strict";
import { idOf, type Page, readPages } from "../../../lambda/aws/pages";

interface TextPage extends Page {
    readonly texts?: readonly string[];
}

/** Makes a listing that gives the pages of one attempt after the other. */
function listingOf(...attempts: readonly (readonly (TextPage | Error)[])[]) {
    let attempt = 0;
    return {
        service: "EC2",
        async *open(): AsyncGenerator<TextPage> {
            for (const page of attempts[attempt++] ?? []) {
                if (page instanceof Error) {
                    throw page;
                }
                yield page;
            }
        },
        listOf: ({ texts }: TextPage) => texts,
        read: (text: string) => [text.slice(0, 1), text] as const,
    };
}

function errorOf(name: string, message = ""): Error {
    return Object.assign(new Error(message), { name });
}

describe("Reading pages", () => {
    it("gives all things in their order, and each key once, as the last page has it", async () => {
        const pages = [{ texts: ["a1", "b1"], NextToken: "1" }, { texts: [], NextToken: "2" }, { texts: ["c1", "a2"] }];
        assert.deepEqual(await readPages(listingOf(pages)), ["a2", "b1", "c1"]);
    });

    for (const key of ["NextToken", "nextToken"] as const) {
        it(`fails if ${key} comes twice, although others come in between`, async () => {
            const pages = ["1", "2", "1"].map((token) => ({ texts: [], [key]: token }));
            await assert.rejects(readPages(listingOf(pages)), {
                message: "EC2 gave the same page token twice; the listing has no end",
            });
        });
    }

    it("fails if a page has no list", async () => {
        await assert.rejects(readPages(listingOf([{ texts: ["a1"], NextToken: "1" }, {}])), {
            message: "EC2 gave a page without a list",
        });
    });

    it("begins again if the service refuses its own token twice, and forgets the things before", async () => {
        const refused = errorOf("InvalidNextToken");
        const listing = listingOf([{ texts: ["a1"] }, refused], [{ texts: ["b1"] }, refused], [{ texts: ["c1"] }]);
        assert.deepEqual(await readPages(listing), ["c1"]);
    });

    it("fails if the service refuses its own token three times", async () => {
        const refused = errorOf("InvalidNextToken", "It has expired.");
        await assert.rejects(readPages(listingOf([refused], [refused], [refused], [{ texts: [] }])), refused);
    });

    for (const [name, message, isFault] of [
        ["InvalidNextToken", "", true],
        ["InvalidPaginationToken", "", true],
        ["InvalidParameterValue", "The token has expired", true],
        ["InvalidParameterException", "The specified nextToken is invalid.", true],
        ["InvalidParameterValue", "The filter is invalid", false],
        ["UnauthorizedOperation", "Encoded authorization failure message: token", false],
        ["ExpiredToken", "The security token is expired", false],
    ] as const) {
        it(`${isFault ? "begins again" : "fails"} after ${name} (${message})`, async () => {
            const error = errorOf(name, message);
            const read = readPages(listingOf([error], [{ texts: ["a1"] }]));
            assert.deepEqual(await read.catch((failure: Error) => failure), isFault ? ["a1"] : error);
        });
    }
});

describe("The id of a listed thing", () => {
    it("is returned, or the listing fails", () => {
        assert.equal(idOf("EC2", "a snapshot", "snap-1"), "snap-1");
        assert.throws(() => idOf("EC2", "a snapshot", undefined), { message: "EC2 listed a snapshot without an id" });
        assert.throws(() => idOf("EC2", "a snapshot", ""), { message: "EC2 listed a snapshot without an id" });
    });
});
