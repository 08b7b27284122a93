import { type AwsCall, AwsError } from "./call";
import { arnOf, type Place } from "./service";

/** The most bytes of a value, by tier. With `Intelligent-Tiering`, the service takes the tier that the value needs. */
const MOST_BYTES: Readonly<Record<string, number>> = { Standard: 4096, Advanced: 8192, "Intelligent-Tiering": 8192 };

/** Finds the resource that IAM judges. */
export function parameterOf({ input }: AwsCall, place: Place) {
    return { resource: arnOf(place, "ssm", `parameter${input.Name}`), context: {} };
}

/**
 * Writes a parameter.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export function putParameter({ input }: AwsCall, { state }: Place): object {
    const { Name, Value, Tier = "Standard", Overwrite = false } = input;
    const [name, value] = [String(Name), String(Value)];
    if (!/^(\/[\w.-]+){1,15}$/.test(name) || value === "") {
        throw new AwsError("ValidationException", `The parameter ${name} is invalid.`);
    }
    if (/\{\{.*\}\}/s.test(value)) {
        throw new AwsError("ValidationException", "Parameter value can't nest another parameter. Do not use {{}} in the value.");
    }
    if (Buffer.byteLength(value) > (MOST_BYTES[String(Tier)] ?? 0)) {
        throw new AwsError(
            "ValidationException",
            `The ${Tier} tier supports a maximum parameter value of ${MOST_BYTES[String(Tier)]} characters.`,
        );
    }
    if (state.parameters.has(name) && Overwrite !== true) {
        throw new AwsError(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
    }
    state.parameters.set(name, value);
    state.parameterTimes.set(name, state.now());
    return { Tier: Buffer.byteLength(value) > 4096 ? "Advanced" : "Standard", Version: 1 };
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html */
export function deleteParameter({ input }: AwsCall, { state }: Place): object {
    const name = String(input.Name);
    if (!state.parameters.delete(name)) {
        throw new AwsError("ParameterNotFound", "");
    }
    state.parameterTimes.delete(name);
    return {};
}
