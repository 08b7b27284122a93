import { DateTime } from "luxon";
import pc from "picocolors";
import type { Drill } from "../drill/drill";
import { plural } from "./summary";
import { WIDTH, wrapWords } from "./width";

const LOST: Readonly<Record<Drill["loss"], string>> = {
    server: "is lost, with all its volumes",
    "data disks": "loses its data disks",
    "boot disk": "loses its boot disk",
};

const CLOCK = "yyyy-MM-dd HH:mm";
const GAP = "  ";

/** Shows which server was lost, and what came back. */
export function showDrill(drill: Drill | undefined, timezone: string): string {
    if (!drill) {
        return wrapWords("Nothing was lost: no running server ever had a restore point.");
    }
    const { loss, server, lostAt, point, mode, steps, disks } = drill;
    const clock = (time: number) => DateTime.fromMillis(time, { zone: timezone }).toFormat(CLOCK);
    const devices = (isEqual: boolean) => disks.filter((disk) => disk.isEqual === isEqual).map(({ device }) => device);
    const [equal, other] = [devices(true), devices(false)];
    const line = (begin: string, text: string) =>
        wrapWords(text, WIDTH - CLOCK.length - GAP.length)
            .split("\n")
            .map((part, i) => `${(i === 0 ? begin : "").padEnd(CLOCK.length)}${GAP}${part}`)
            .join("\n");
    return [
        line(clock(lostAt), `${server} ${LOST[loss]}`),
        line(clock(point.time), `its newest restore point, of type ${point.type}`),
        line(plural(steps, "step"), `of vss-backup restore, with --mode ${mode}`),
        ...(equal.length > 0 ? [line(plural(equal.length, "disk"), pc.green(`with equal contents: ${equal.join(", ")}`))] : []),
        ...(other.length > 0 ? [line(plural(other.length, "disk"), pc.red(`with other contents: ${other.join(", ")}`))] : []),
    ].join("\n");
}
