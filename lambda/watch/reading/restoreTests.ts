import { type Parameter, paginateGetParametersByPath, type SSMClient } from "@aws-sdk/client-ssm";
import { idOf, readPages } from "../../aws/pages";
import { restoreTestOf, testsPath } from "../../restoreTest";
import type { TestedServer } from "../signals";
import type { WatchSettings } from "../watchSettings";

/**
 * Lists the last restore test of each server, in pages of 10, the most that Systems Manager gives. A test that this version can't read is as
 * if there were none.
 *
 * @throws the service's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export async function listRestoreTests(
    ssm: SSMClient,
    { name }: Pick<WatchSettings, "name">,
    abortSignal: AbortSignal,
): Promise<TestedServer[]> {
    const tests = await readPages({
        service: "Systems Manager",
        open: () => paginateGetParametersByPath({ client: ssm, pageSize: 10 }, { Path: testsPath(name) }, { abortSignal }),
        listOf: ({ Parameters }) => Parameters,
        read: testedServerOf,
    });
    return tests.flatMap((test) => test ?? []);
}

function testedServerOf({ Name, Value = "" }: Parameter): readonly [name: string, test: TestedServer | undefined] {
    const name = idOf("Systems Manager", "a parameter", Name);
    const test = restoreTestOf(Value);
    const serverId = name.slice(name.lastIndexOf("/") + 1);
    return [name, test && { serverId, time: Date.parse(test.time), isPassed: test.result === "passed" }];
}
