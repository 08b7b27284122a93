import { Ec2State, type StoredImage } from "../embeddedAws/ec2State";
import type { Server } from "../embeddedAws/ssm";
import type { PlayedAws } from "../playedAws";

/** The account of Amazon that owns the images of Windows. */
const AMAZON = "801119661308";

/** The image from which the servers of a rehearsal were launched. */
const WINDOWS: StoredImage = {
    id: "ami-0123456789abcdef0",
    name: "Windows_Server-2022-English-Full-Base",
    description: "",
    ownerId: AMAZON,
    state: "available",
    platformDetails: "Windows",
    rootDevice: "/dev/sda1",
    volumes: [{ device: "/dev/sda1", sizeGib: 30, type: "gp3", deleteOnTermination: true, disk: { signature: "A0A0A0A0", files: {} } }],
    createdAt: Date.UTC(2020, 0, 1),
    tags: new Map(),
};

/** Copies all that a restore changes. So the drill leaves the account as it is. */
export function copyAccount(aws: PlayedAws): PlayedAws {
    const ec2 = new Ec2State();
    ec2.images.set(WINDOWS.id, WINDOWS);
    return {
        ...aws,
        ec2,
        store: aws.store.copy(),
        servers: aws.servers.map((server): Server => ({ ...server })),
        sent: [],
        messages: [],
        parameters: new Map(aws.parameters),
        parameterTimes: new Map(aws.parameterTimes),
    };
}
