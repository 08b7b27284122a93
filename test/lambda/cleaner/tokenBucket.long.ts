import { assertRun, COMPLETE_REPORT, makeFourDays, NEEDED_IDS } from "../../support/account";
import { makeTokenBucket } from "../../support/tokenBucket";

describe("A run of the cleaner that waits for EC2's tokens", () => {
    it("deletes all snapshots if other clients leave it only a few of EC2's tokens a second", async () => {
        const { intercept } = makeTokenBucket("DeleteSnapshot", { burst: 1, perSecond: 4 });
        await assertRun(makeFourDays(), { intercept }, COMPLETE_REPORT, NEEDED_IDS);
    });
});
