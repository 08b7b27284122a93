/** Plays events at times of a virtual clock. Events of the same time play in the order in which they were added. */
export class Timeline {
    private clock = Number.NEGATIVE_INFINITY;
    private readonly queue: { readonly time: number; readonly event: () => void | Promise<void> }[] = [];

    /** The time of the event that plays, or of the last one that played; before the first one, negative infinity. */
    public get now(): number {
        return this.clock;
    }

    /**
     * Adds an event.
     *
     * @param time milliseconds since 1970
     */
    public at(time: number, event: () => void | Promise<void>): void {
        let low = 0;
        let high = this.queue.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if ((this.queue[middle]?.time as number) <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        this.queue.splice(low, 0, { time, event });
    }

    /** Adds an event at each of `times`. It asks for the next time only when the last one is due. */
    public each(times: Iterator<number>, event: (time: number) => void | Promise<void>): void {
        const { value, done } = times.next();
        if (!done) {
            this.at(value, async () => {
                this.each(times, event);
                await event(value);
            });
        }
    }

    /** Plays the events that are due before `until`. */
    public async play(until: number): Promise<void> {
        for (let next = this.queue[0]; next && next.time < until; next = this.queue[0]) {
            this.queue.shift();
            this.clock = next.time;
            await next.event();
        }
    }
}
