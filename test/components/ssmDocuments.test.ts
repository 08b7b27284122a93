import assert from "node:assert/strict";
import { formatSnapshotTags } from "../../components/snapshotTags";
import { type DocumentName, parameterFaults } from "../../components/ssmDocuments";

const VSS_DOCUMENTS = ["AWSEC2-CreateVssSnapshot", "AWSEC2-VssInstallAndSnapshot"] as const;

/** Checks values of a parameter. Returns each valid value, and the fault of each invalid one. */
function valuesOrFaults(document: DocumentName, parameter: string, values: readonly string[]): string[] {
    return values.map((value) => parameterFaults(document, { [parameter]: value })[0] ?? value);
}

function faultsFor(document: DocumentName, parameter: string, values: readonly string[]): string[] {
    return values.map((value) => `${document} does not take ${JSON.stringify(value)} for ${parameter}`);
}

describe("The SSM documents", () => {
    for (const document of VSS_DOCUMENTS) {
        it(`${document} needs no parameter`, () => {
            assert.deepEqual(parameterFaults(document, {}), []);
        });

        it(`${document} accepts all parameters of a policy`, () => {
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

        it(`${document} accepts only True and False as flags`, () => {
            const [flags, invalid] = [
                ["ExcludeBootVolume", "CopyOnly", "NoWriters"],
                ["true", "FALSE", "1", "", "True "],
            ];
            assert.deepEqual(
                flags.flatMap((flag) => valuesOrFaults(document, flag, ["True", "False", ...invalid])),
                flags.flatMap((flag) => ["True", "False", ...faultsFor(document, flag, invalid)]),
            );
        });

        it(`${document} accepts tags as pairs of Key and Value, without separators inside`, () => {
            const valid = ["Key=Name,Value=", "key=a,value=b;Key=c,Value=d", "Key=a,Value=b;", "Key=a,Value=x=y", "Key=,Value={{b}}", ""];
            const invalid = ["Key=a", "Name=a,Value=b", "Key=a,Value=b,c", "Key=a;b,Value=c", "Key=a,Value=ü", "Key=a,Value=b#c", "a=b"];
            assert.deepEqual(valuesOrFaults(document, "tags", [...valid, ...invalid]), [...valid, ...faultsFor(document, "tags", invalid)]);
        });

        it(`${document} accepts execution timeouts from two minutes to two days`, () => {
            const [valid, invalid] = [
                ["120", "800", "9999", "172800"],
                ["119", "172801", "0800", "-1", "2h", ""],
            ];
            assert.deepEqual(valuesOrFaults(document, "executionTimeout", [...valid, ...invalid]), [
                ...valid,
                ...faultsFor(document, "executionTimeout", invalid),
            ]);
        });

        it(`${document} accepts descriptions of 255 characters`, () => {
            const [valid, invalid] = [["", "a".repeat(255), "it's a backup"], ["a".repeat(256)]];
            assert.deepEqual(valuesOrFaults(document, "description", [...valid, ...invalid]), [
                ...valid,
                ...faultsFor(document, "description", invalid),
            ]);
        });
    }

    it("have a version only in AWSEC2-VssInstallAndSnapshot", () => {
        assert.deepEqual(parameterFaults("AWSEC2-CreateVssSnapshot", { VssVersion: "2.5.1" }), [
            "AWSEC2-CreateVssSnapshot has no parameter VssVersion",
        ]);
        const [valid, invalid] = [
            ["", "2.5.1", "2.3.1.1234567890"],
            ["latest", "v2", "2.3.1.12345678901"],
        ];
        assert.deepEqual(valuesOrFaults("AWSEC2-VssInstallAndSnapshot", "VssVersion", [...valid, ...invalid]), [
            ...valid,
            ...faultsFor("AWSEC2-VssInstallAndSnapshot", "VssVersion", invalid),
        ]);
    });

    it("need an action and a name, and accept a version, if they install packages", () => {
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

    it("have only the declared parameters, and not the properties of every object", () => {
        assert.deepEqual(
            ["excludeBootVolume", "constructor", "toString", "__proto__"].flatMap((name) =>
                parameterFaults("AWSEC2-CreateVssSnapshot", Object.fromEntries([[name, "True"]])),
            ),
            ["excludeBootVolume", "constructor", "toString", "__proto__"].map(
                (name) => `AWSEC2-CreateVssSnapshot has no parameter ${name}`,
            ),
        );
    });

    it("get all faults of a request at once", () => {
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
