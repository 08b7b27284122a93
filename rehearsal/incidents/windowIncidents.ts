import type { StoredWindow } from "../embeddedAws/state";
import { makeStoredWindow } from "../playedAws";
import { CONSEQUENCES } from "./consequences";
import { type Begun, findNextClose, type Incident, type Scene } from "./incident";

/** Incidents of backup windows. */
export const WINDOW_INCIDENTS: readonly Incident[] = [
    {
        name: "a window is disabled",
        kinds: ["window disabled"],
        sideEffects: [...CONSEQUENCES, "window never executed"],
        hours: 50,
        begin: (scene) => change(scene, (window) => ({ ...window, enabled: false })),
    },
    {
        name: "a window is deleted",
        kinds: ["window missing"],
        sideEffects: [...CONSEQUENCES, "window never executed"],
        hours: 50,
        begin: (scene) => change(scene, () => undefined),
    },
    {
        name: "the schedule of a window is changed",
        kinds: ["window changed"],
        sideEffects: [...CONSEQUENCES, "window never executed"],
        hours: 50,
        begin: (scene) => change(scene, (window) => ({ ...window, schedule: "cron(0 22 1 1 ? 2199)" })),
    },
    {
        name: "the task of a window is deleted",
        kinds: ["overdue"],
        sideEffects: CONSEQUENCES,
        hours: 60,
        begin(scene) {
            const { windows, mistakes } = scene.account;
            const id = windows[0]?.id ?? "";
            mistakes.windowsWithoutTask.add(id);
            return { ...knowFrom(findNextClose(scene, id)), repair: () => mistakes.windowsWithoutTask.delete(id) };
        },
    },
    {
        name: "the windows' role may not send commands",
        kinds: ["window failed"],
        sideEffects: CONSEQUENCES,
        hours: 60,
        begin(scene) {
            const { windows, mistakes } = scene.account;
            const taken = { role: windows[0]?.role ?? "", action: "ssm:SendCommand" };
            mistakes.takenPermissions.add(taken);
            return { ...knowFrom(findNextClose(scene)), repair: () => mistakes.takenPermissions.delete(taken) };
        },
    },
];

/** Changes or deletes the first window. Its repair puts it back. */
function change(scene: Scene, changed: (window: StoredWindow) => StoredWindow | undefined): Begun | undefined {
    const { account, windows } = scene;
    const [deployed] = account.windows;
    if (!deployed) {
        return undefined;
    }
    const replace = (window: StoredWindow | undefined) => {
        const others = account.aws.windows.filter(({ id }) => id !== deployed.id);
        account.aws.windows.splice(0, account.aws.windows.length, ...(window ? [window] : []), ...others);
        windows.follow(deployed.id);
    };
    replace(changed(makeStoredWindow(deployed)));
    return { repair: () => replace(makeStoredWindow(deployed)) };
}

function knowFrom(time: number | undefined): Pick<Begun, "knowable"> {
    return time === undefined ? {} : { knowable: time };
}
