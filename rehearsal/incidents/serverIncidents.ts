import type { Server } from "../embeddedAws/ssm";
import { CONSEQUENCES } from "./consequences";
import {
    addServer,
    findBackedUpServers,
    findNextClose,
    type Incident,
    makeServerIncident,
    makeVolume,
    readServerTag,
    type Scene,
    terminate,
} from "./incident";

/** It may have been the only server. */
const WITHOUT_TAG = [...CONSEQUENCES, "nobody targeted"] as const;

const STOP = { kinds: ["stopped"], sideEffects: ["missed while stopped"], hours: 40 } as const;

function start(server: Server, { account, packages }: Scene): void {
    server.state = "running";
    server.launchedAt = account.timeline.now;
    delete server.stoppedAt;
    packages.installOn(server);
}

/** Incidents of servers, their tags and their agents. */
export const SERVER_INCIDENTS: readonly Incident[] = [
    makeServerIncident("a server is stopped, and started again", STOP, (server, scene) => {
        server.state = "stopped";
        server.stoppedAt = scene.account.timeline.now;
        return () => start(server, scene);
    }),
    // EC2 does not say when.
    makeServerIncident("a server is shut down from within Windows, and started again", STOP, (server, scene) => {
        server.state = "stopped";
        return () => start(server, scene);
    }),
    {
        name: "a new server comes, and is terminated",
        kinds: [],
        hours: 75,
        begin(scene) {
            const server = addServer(scene);
            return { server: server.id, repair: () => terminate(scene, server) };
        },
    },
    {
        name: "a new server has no agent",
        kinds: ["not managed"],
        sideEffects: CONSEQUENCES,
        hours: 50,
        begin(scene) {
            const server = addServer(scene, { agent: "none" });
            return { server: server.id, repair: () => terminate(scene, server) };
        },
    },
    {
        name: "a new server runs Linux",
        kinds: ["not Windows"],
        sideEffects: [...CONSEQUENCES, "package failed"],
        hours: 50,
        begin(scene) {
            const server = addServer(scene, { platform: "Linux" });
            return { server: server.id, repair: () => terminate(scene, server) };
        },
    },
    {
        name: "a new server is too small for VSS",
        kinds: ["too small"],
        sideEffects: CONSEQUENCES,
        hours: 50,
        begin(scene) {
            const server = addServer(scene, { instanceType: "t3.micro" });
            return { server: server.id, repair: () => terminate(scene, server) };
        },
    },
    makeServerIncident("the tag is removed", { kinds: ["tag removed"], sideEffects: WITHOUT_TAG, hours: 50 }, (server, scene) => {
        const { tags } = server;
        server.tags = new Map([...tags].filter(([key]) => key !== readServerTag(scene).key));
        return () => {
            server.tags = tags;
            scene.packages.installOn(server);
        };
    }),
    makeServerIncident(
        "the tag has a typing error",
        { kinds: ["tag misspelled"], sideEffects: WITHOUT_TAG, hours: 50 },
        (server, scene) => {
            const { tags } = server;
            const { key, value } = readServerTag(scene);
            server.tags = new Map([...tags, [key, `${value} `]]);
            return () => {
                server.tags = tags;
                scene.packages.installOn(server);
            };
        },
    ),
    {
        name: "all servers lose the tag",
        kinds: ["nobody targeted"],
        sideEffects: [...CONSEQUENCES, "tag removed"],
        hours: 30,
        begin(scene) {
            const before = findBackedUpServers(scene).map((server) => ({ server, tags: server.tags }));
            for (const { server } of before) {
                server.tags = new Map();
            }
            const repair = () => {
                for (const { server, tags } of before) {
                    server.tags = tags;
                }
            };
            return { repair };
        },
    },
    makeServerIncident("the agent dies", { kinds: ["agent offline"], sideEffects: CONSEQUENCES, hours: 50 }, (server, { account }) => {
        server.agent = "ConnectionLost";
        server.lastPing = account.timeline.now;
        return () => {
            server.agent = "Online";
            delete server.lastPing;
        };
    }),
    makeServerIncident(
        "the instance profile is removed",
        { kinds: ["no role"], sideEffects: [...CONSEQUENCES, "not managed"], hours: 50 },
        (server) => {
            server.hasProfile = false;
            return () => {
                server.hasProfile = true;
            };
        },
    ),
    makeServerIncident(
        "VSS fails for days",
        { kinds: ["overdue", "failing"], sideEffects: CONSEQUENCES, hours: 100 },
        (server, { account: { mistakes } }) => {
            mistakes.failingServers.add(server.id);
            return () => mistakes.failingServers.delete(server.id);
        },
        findNextClose,
    ),
    makeServerIncident(
        "the VSS package is uninstalled",
        { kinds: ["package missing", "overdue"], sideEffects: CONSEQUENCES, hours: 60 },
        (server, { packages }) => {
            server.hasVssPackage = false;
            return () => packages.installOn(server);
        },
        findNextClose,
    ),
    makeServerIncident(
        "a disk is no longer mounted",
        { kinds: ["volume not covered"], hours: 60 },
        (server) => {
            const { volumes } = server;
            const disk = volumes.slice(1).findLast(({ mounted }) => mounted);
            server.volumes = volumes.map((volume) => (volume === disk ? { ...volume, mounted: false } : volume));
            const repair = () => {
                server.volumes = volumes;
            };
            return disk && repair;
        },
        findNextClose,
    ),
    makeServerIncident(
        "a new disk is not mounted",
        { kinds: ["volume not covered"], hours: 60 },
        (server, scene) => addVolume(server, scene, false),
        findNextClose,
    ),
    makeServerIncident("a new disk comes, and is removed", { kinds: [], hours: 60 }, (server, scene) => addVolume(server, scene, true)),
];

function addVolume(
    server: Parameters<Parameters<typeof makeServerIncident>[2]>[0],
    scene: Parameters<typeof makeVolume>[0],
    mounted: boolean,
) {
    const volume = makeVolume(scene, 1, mounted);
    server.volumes = [...server.volumes, volume];
    scene.account.store.volumes.add(volume.id);
    return () => {
        server.volumes = server.volumes.filter(({ id }) => id !== volume.id);
        scene.account.store.volumes.delete(volume.id);
    };
}
