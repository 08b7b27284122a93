import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** Values in the format of the wire. An object with a signature represents a secret, an asset or an archive. */
export type Inputs = Readonly<Record<string, JavaScriptValue>>;

/** @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function isObject(value: JavaScriptValue): value is { readonly [key: string]: JavaScriptValue } {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: JavaScriptValue): boolean {
    return isObject(value) && value[SIGNATURE] === SECRET;
}

/** Replaces unknown values by `"[unknown]"`, and secrets by their plain values. */
export function removeSecretMarks(value: JavaScriptValue): JavaScriptValue {
    if (value === UNKNOWN) {
        return "[unknown]";
    }
    if (Array.isArray(value)) {
        return value.map(removeSecretMarks);
    }
    if (!isObject(value)) {
        return value;
    }
    return isSecret(value)
        ? removeSecretMarks(value.value as JavaScriptValue)
        : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, removeSecretMarks(entry)]));
}

/** Replaces secrets by `"[secret]"`. The rest is readable in the state. */
export function decodeValue(value: JavaScriptValue): JavaScriptValue {
    if (Array.isArray(value)) {
        return value.map(decodeValue);
    }
    if (!isObject(value)) {
        return value;
    }
    return isSecret(value) ? "[secret]" : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, decodeValue(entry)]));
}
