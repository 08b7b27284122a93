/** Things that happen at times of a virtual clock, in order; of the same time, in the order in which they were put down. */
export class Timeline {
    private readonly queue: { readonly time: number; readonly happen: () => void | Promise<void> }[] = [];

    /** @param time milliseconds since 1970 */
    public at(time: number, happen: () => void | Promise<void>): void {
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
        this.queue.splice(low, 0, { time, happen });
    }

    /** Puts down the first of `times`, and each further one when the last has come. */
    public each(times: Iterator<number>, happen: (time: number) => void | Promise<void>): void {
        const { value, done } = times.next();
        if (!done) {
            this.at(value, async () => {
                this.each(times, happen);
                await happen(value);
            });
        }
    }

    /** Lets happen what is due before `until`. */
    public async play(until: number): Promise<void> {
        for (let next = this.queue[0]; next && next.time < until; next = this.queue[0]) {
            this.queue.shift();
            await next.happen();
        }
    }
}
