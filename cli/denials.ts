import { isDenial } from "./failure";

/** Permissions whose names are not those of their requests. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "lambda:Invoke": "lambda:InvokeFunction" };

/**
 * Makes the SDK name the permission if AWS denies a request and does not name it: `client.middlewareStack.add(...nameDenials("ec2"))`.
 *
 * @param service as IAM names it
 */
export function nameDenials(service: string) {
    const middleware =
        <Args, Result>(next: (args: Args) => Promise<Result>, { commandName = "" }: { readonly commandName?: string }) =>
        (args: Args): Promise<Result> =>
            next(args).catch((error: Error) => {
                if (isDenial(error) && !/perform: \w+:/.test(error.message)) {
                    const request = `${service}:${commandName.replace(/Command$/, "")}`;
                    error.message = `You are not authorized to perform: ${OTHER_NAMES[request] ?? request}. ${error.message}`;
                }
                throw error;
            });
    return [middleware, { step: "initialize", name: "nameDenials", override: true }] as const;
}
