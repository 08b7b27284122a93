/** Names for data disks that AWS recommends on Windows, the best ones first. */
const NAMES = [..."fghijklmnopbcdeqrstuvwxyz"].map((letter) => `xvd${letter}`);

/** The part of a device's name that counts: EC2 takes `xvdf`, `sdf` and `/dev/sdf` for the same place. */
function placeOf(device: string): string {
    return device.replace(/^\/dev\//, "").replace(/^(?:xvd|sd)/, "");
}

export function isSameDevice(a: string, b: string): boolean {
    return placeOf(a) === placeOf(b);
}

/** Chooses names that no disk has. @returns fewer names than wanted if there are no more */
export function freeDevices(taken: readonly string[], count: number): string[] {
    const places = new Set(taken.map(placeOf));
    return NAMES.filter((name) => !places.has(placeOf(name))).slice(0, count);
}
