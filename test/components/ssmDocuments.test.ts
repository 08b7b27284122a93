import assert from "node:assert/strict";
import { formatSnapshotTags } from "../../components/snapshotTags";
import { type DocumentName, parameterFaults } from "../../components/ssmDocuments";

const VSS_DOCUMENTS = ["AWSEC2-CreateVssSnapshot", "AWSEC2-VssInstallAndSnapshot"] as const;

/** Each value with whether the parameter takes it: what it takes is the value itself, what it does not is the fault. */
function judged(document: DocumentName, parameter: string, values: readonly string[]): string[] {
    return values.map((value) => parameterFaults(document, { [parameter]: value })[0] ?? value);
}

function refused(document: DocumentName, parameter: string, values: readonly string[]): string[] {
    return values.map((value) => `${document} does not take ${JSON.stringify(value)} for ${parameter}`);
}

describe("The SSM documents", () => {
    for (const document of VSS_DOCUMENTS) {
        it(`${document} needs no parameter`, () => {
            assert.deepEqual(parameterFaults(document, {}), []);
        });

        it(`${document} takes all that a policy gives it`, () => {
            const tags = { SnapshotType: "Half year (1)", VssBackupPolicy: "prod.1_a-b", "Cost center": "4711/a", empty: "" };
            const parameters = {
                ExcludeBootVolume: "True",
                CopyOnly: "False",
                NoWriters: "True",
                description: "VssBackupPolicy prod: half-year-1 snapshots",
                tags: formatSnapshotTags(tags),
                executionTimeout: "800",
            };
            assert.deepEqual(parameterFaults(document, parameters), []);
        });

        it(`${document} takes flags as True and False alone`, () => {
            const [flags, wrong] = [
                ["ExcludeBootVolume", "CopyOnly", "NoWriters"],
                ["true", "FALSE", "1", "", "True "],
            ];
            assert.deepEqual(
                flags.flatMap((flag) => judged(document, flag, ["True", "False", ...wrong])),
                flags.flatMap((flag) => ["True", "False", ...refused(document, flag, wrong)]),
            );
        });

        it(`${document} takes tags as pairs of Key and Value, without the characters that separate them`, () => {
            const right = ["Key=Name,Value=", "key=a,value=b;Key=c,Value=d", "Key=a,Value=b;", "Key=a,Value=x=y", "Key=,Value={{b}}", ""];
            const wrong = ["Key=a", "Name=a,Value=b", "Key=a,Value=b,c", "Key=a;b,Value=c", "Key=a,Value=ü", "Key=a,Value=b#c", "a=b"];
            assert.deepEqual(judged(document, "tags", [...right, ...wrong]), [...right, ...refused(document, "tags", wrong)]);
        });

        it(`${document} takes execution timeouts from two minutes to two days`, () => {
            const [right, wrong] = [
                ["120", "800", "9999", "172800"],
                ["119", "172801", "0800", "-1", "2h", ""],
            ];
            assert.deepEqual(judged(document, "executionTimeout", [...right, ...wrong]), [
                ...right,
                ...refused(document, "executionTimeout", wrong),
            ]);
        });

        it(`${document} takes descriptions of 255 characters`, () => {
            const [right, wrong] = [["", "a".repeat(255), "it's a backup"], ["a".repeat(256)]];
            assert.deepEqual(judged(document, "description", [...right, ...wrong]), [...right, ...refused(document, "description", wrong)]);
        });
    }

    it("give only the installing one a version of the components", () => {
        assert.deepEqual(parameterFaults("AWSEC2-CreateVssSnapshot", { VssVersion: "2.5.1" }), [
            "AWSEC2-CreateVssSnapshot has no parameter VssVersion",
        ]);
        const [right, wrong] = [
            ["", "2.5.1", "2.3.1.1234567890"],
            ["latest", "v2", "2.3.1.12345678901"],
        ];
        assert.deepEqual(judged("AWSEC2-VssInstallAndSnapshot", "VssVersion", [...right, ...wrong]), [
            ...right,
            ...refused("AWSEC2-VssInstallAndSnapshot", "VssVersion", wrong),
        ]);
    });

    it("that install packages need an action and a name, and take a version", () => {
        const document = "AWS-ConfigureAWSPackage";
        assert.deepEqual(parameterFaults(document, {}), [`${document} needs action`, `${document} needs name`]);
        assert.deepEqual(parameterFaults(document, { action: "Install", name: "AwsVssComponents" }), []);
        assert.deepEqual(parameterFaults(document, { action: "Install", name: "AwsVssComponents", version: "2.5.1" }), []);
        assert.deepEqual(parameterFaults(document, { action: "Update", name: "Aws Vss", version: "2 5" }), [
            `${document} does not take "Update" for action`,
            `${document} does not take "Aws Vss" for name`,
            `${document} does not take "2 5" for version`,
        ]);
    });

    it("have no parameters but those declared, whatever every object has", () => {
        assert.deepEqual(
            ["excludeBootVolume", "constructor", "toString", "__proto__"].flatMap((name) =>
                parameterFaults("AWSEC2-CreateVssSnapshot", Object.fromEntries([[name, "True"]])),
            ),
            ["excludeBootVolume", "constructor", "toString", "__proto__"].map(
                (name) => `AWSEC2-CreateVssSnapshot has no parameter ${name}`,
            ),
        );
    });

    it("are told all that is wrong with a call at once", () => {
        assert.deepEqual(parameterFaults("AWSEC2-CreateVssSnapshot", { CopyOnly: "yes", tags: "Key=a", Copy: "True" }), [
            'AWSEC2-CreateVssSnapshot does not take "yes" for CopyOnly',
            'AWSEC2-CreateVssSnapshot does not take "Key=a" for tags',
            "AWSEC2-CreateVssSnapshot has no parameter Copy",
        ]);
    });
});

describe("Snapshot tags", () => {
    it("are pairs of Key and Value, separated by semicolons, in their order", () => {
        assert.deepEqual(
            [{}, { SnapshotType: "Day" }, { SnapshotType: "Day", VssBackupPolicy: "prod", empty: "" }].map(formatSnapshotTags),
            ["", "Key=SnapshotType,Value=Day", "Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod;Key=empty,Value="],
        );
    });
});
