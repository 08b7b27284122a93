import assert from "node:assert/strict";
import { predictionWords } from "../../cli/adopt/prediction";
import { adopt } from "../../cli/commands/adopt";
import { backup } from "../../cli/commands/backup";
import { clean } from "../../cli/commands/clean";
import { Failure } from "../../cli/failure";
import { AwsError } from "../../rehearsal/embeddedAws/call";
import type { Server } from "../../rehearsal/embeddedAws/ssm";
import { addSet, healthyAccount, makeServer, type TestAccount, withCleaner } from "./support/account";
import { atNow } from "./support/busyAccount";
import { perform } from "./support/session";

const PUT_BACK = "Put it back with pulumi refresh, and then pulumi up.";
const LOG = "To see its reports: aws logs tail /vss-backup/prod/cleaner --since 1h";
const REFUSED = "deletions failed: UnauthorizedOperation: You may not. The report in the log says what was done.";
const APPLY = { apply: true, yes: true };

/** An account with two Day sets too many, whose cleaner may delete only so many snapshots before EC2 refuses. */
function refusingAccount(allowed: number): TestAccount {
    const account = healthyAccount();
    for (const day of ["2027-02-26", "2027-02-27"]) {
        addSet(account.store, account.servers[0] as Server, "Day", Date.parse(`${day}T00:00Z`));
    }
    let deletions = 0;
    const intercept = ({ action }: { readonly action: string }) => {
        deletions += action === "DeleteSnapshot" ? 1 : 0;
        if (action === "DeleteSnapshot" && deletions > allowed) {
            throw new AwsError("UnauthorizedOperation", "You may not", 403);
        }
        return undefined;
    };
    return atNow(withCleaner(account, {}, { intercept }));
}

describe("vss-backup clean, if EC2 refuses deletions,", () => {
    it("shows what was deleted, and exits with 3", async () => {
        const account = refusingAccount(1);
        const before = account.store.all().map(({ id }) => id);
        const { exitCode, result, text } = await perform("clean", (session) => clean(session, APPLY), account);
        const { deleted, remaining, counts, failure } = result as Record<string, readonly { readonly snapshot: string }[]>;
        const gone = before.filter((id) => account.store.get(id) === undefined);
        assert.deepEqual(
            [exitCode, deleted?.map(({ snapshot }) => snapshot), remaining?.length, counts, failure],
            [
                3,
                gone,
                3,
                { listed: 44, deleted: 1, remaining: 3 },
                { message: text.split("\n\n")[0]?.split("\nIt ")[0]?.replace(/\n/g, " "), cure: LOG },
            ],
        );
        assert.match(text, /^The cleaner's run failed: .*\nIt deleted 1 of 4 snapshots. EC2 still lists the others.\n\n/s);
    });

    it("exits with 1 if nothing was deleted", async () => {
        const failure = new Failure(`The cleaner's run failed: 2 of 4 ${REFUSED}`, LOG);
        await assert.rejects(
            perform("clean", (session) => clean(session, APPLY), refusingAccount(0)),
            ({ message, cure, exitCode }: Failure) => {
                assert.deepEqual([message, cure, exitCode], [failure.message, LOG, 1]);
                return true;
            },
        );
    });

    it("says so if nobody can list what is left", async () => {
        let listings = 0;
        const intercept = ({ action }: { readonly action: string }) => {
            listings += action === "DescribeSnapshots" ? 1 : 0;
            if (action === "DescribeSnapshots") {
                throw new AwsError("UnauthorizedOperation", "You are not authorized to perform: ec2:DescribeSnapshots", 403);
            }
            return undefined;
        };
        await assert.rejects(
            perform("clean", (session) => clean(session, APPLY), refusingAccount(1), { intercept }),
            /It may have deleted snapshots, and nobody could list the others: AWS denied a request: the permission ec2:DescribeSnapshots is missing\.$/,
        );
        assert.equal(listings, 1);
    });
});

describe("If a part of the policy does not exist,", () => {
    it("vss-backup backup names the window", async () => {
        const account = { ...healthyAccount(), windows: [] };
        await assert.rejects(
            perform("backup", (session) => backup(session, { yes: true }), account),
            new Failure("The window mw-0123456789abcdef0 of Day does not exist.", PUT_BACK),
        );
    });

    it("vss-backup clean says how to put the function back", async () => {
        await assert.rejects(
            perform("clean", (session) => clean(session, { apply: false, yes: false }), healthyAccount()),
            {
                name: "ResourceNotFoundException",
            },
        );
    });
});

describe("A single snapshot", () => {
    const one = () => makeServer(1, "web01", { volumes: makeServer(1, "web01").volumes.slice(0, 1) });

    it("is one snapshot in the predictions of vss-backup adopt", async () => {
        const account = healthyAccount([one()]);
        addSet(account.store, one(), "Day", Date.parse("2027-02-25T00:00Z"), { VssBackupPolicy: undefined });
        const { text } = await perform("adopt", (session) => adopt(session, { apply: false, yes: false }), account);
        assert.match(text, /The next run of the cleaner would delete 1 snapshot\./);
        assert.equal(
            predictionWords({ next: ["snap-1"], later: 1, isReportOnly: false }, "deletes"),
            "deletes 1 snapshot, and later runs 1 more",
        );
    });
});
