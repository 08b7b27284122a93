import type { planRestore } from "../../../../cli/commands/restore/plan";
import { recordName } from "../../../../lambda/recordedServer";
import { DATA, RESCUE, type RestoreAccount, ROOT, restoreAccount, WEB } from "./restoreAccount";

/** A way to restore `web01`, and an account in which it works. */
export interface RestoreMode {
    readonly account: () => RestoreAccount;
    readonly options: Parameters<typeof planRestore>[2];
}

const GIVEN = { backup: false, anotherZone: false } as const;
const GROUP = "sg-0123456789abcdef0";
const SUBNET = "subnet-0123456789abcdef0";
export const IMAGE = "ami-0123456789abcdef0";

const PROFILE = "prod-server-profile";
const PROFILE_ARN = `arn:aws:iam::123456789012:instance-profile/${PROFILE}`;

export const RESTORE_MODES: Readonly<Record<string, RestoreMode>> = {
    attach: { account: usualAccount, options: { ...GIVEN, mode: "attach", to: RESCUE } },
    volumes: { account: usualAccount, options: { ...GIVEN, mode: "volumes", backup: true } },
    root: { account: usualAccount, options: { ...GIVEN, mode: "root" } },
    "server beside": { account: usualAccount, options: { ...GIVEN, mode: "server", securityGroup: [GROUP] } },
    "server of a lost one": { account: lostAccount, options: { ...GIVEN, mode: "server", subnet: SUBNET } },
};

/** An account whose servers have a key pair and the profile of the component. The rescue server has the tag of restores. */
function usualAccount(): RestoreAccount {
    const account = restoreAccount();
    account.ec2.profileRoles.set(PROFILE, "prod-server-role");
    const launch = { keyName: "admin", profileArn: PROFILE_ARN };
    account.servers.splice(0, 2, ...account.servers.map((server) => ({ ...server, launch: { ...server.launch, ...launch } })));
    tagServer(account, RESCUE, "VssBackupRestore", "rescue");
    account.ec2.images.set(IMAGE, {
        id: IMAGE,
        name: "Windows",
        description: "",
        ownerId: "801119661308",
        state: "available",
        platformDetails: "Windows",
        rootDevice: "/dev/sda1",
        volumes: [{ device: "/dev/sda1", sizeGib: 30, type: "gp3", deleteOnTermination: true }],
        createdAt: 0,
        tags: new Map(),
    });
    return account;
}

/** An account without the server, but with its record. */
function lostAccount(): RestoreAccount {
    const account = usualAccount();
    account.servers.shift();
    account.parameters.set(recordName("prod", WEB), JSON.stringify(recordOfWeb()));
    return account;
}

function recordOfWeb(): object {
    const volume = { type: "gp3", encrypted: false, deleteOnTermination: true, tags: {} };
    return {
        version: 1,
        id: WEB,
        instanceType: "m7i.large",
        zone: "eu-central-1a",
        subnet: SUBNET,
        securityGroups: [GROUP],
        profileArn: PROFILE_ARN,
        imageId: IMAGE,
        platformDetails: "Windows",
        rootDevice: "/dev/sda1",
        tags: { Name: "web01", VssBackup: "prod" },
        volumes: [
            { ...volume, id: ROOT, device: "/dev/sda1", sizeGib: 50 },
            { ...volume, id: DATA, device: "xvdd", sizeGib: 100 },
        ],
        formerVolumes: [],
    };
}

export function tagServer({ servers }: RestoreAccount, id: string, key: string, value: string): void {
    const server = servers.find((one) => one.id === id);
    if (server) {
        server.tags = new Map([...server.tags, [key, value]]);
    }
}
