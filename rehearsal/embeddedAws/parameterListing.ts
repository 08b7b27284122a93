import { type AwsCall, AwsError } from "./call";
import { seconds, slice } from "./jsonPages";
import { arnOf, type Place } from "./service";

/** Finds the resource that IAM judges: the path, as if it were a parameter. */
export function pathOf({ input }: AwsCall, place: Place) {
    return { resource: arnOf(place, "ssm", `parameter/${String(input.Path).replace(/^\//, "")}`), context: {} };
}

/**
 * Lists the parameters below a path, by their names.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export function getParametersByPath(call: AwsCall, place: Place): object {
    const { Path, Recursive = false } = call.input;
    if (typeof Path !== "string" || !Path.startsWith("/")) {
        throw new AwsError("ValidationException", `The parameter path ${Path} must begin with a slash.`);
    }
    const folder = Path.endsWith("/") ? Path : `${Path}/`;
    const found = [...place.state.parameters]
        .filter(([name]) => name.startsWith(folder) && (Recursive === true || !name.slice(folder.length).includes("/")))
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
    const { page, nextToken } = slice(found, call, { least: 1, most: 10 }, place.pageSize);
    return {
        Parameters: page.map(([name, value]) => ({
            ARN: arnOf(place, "ssm", `parameter${name}`),
            DataType: "text",
            LastModifiedDate: seconds(place.state.parameterTimes.get(name) ?? place.state.now()),
            Name: name,
            Type: "String",
            Value: value,
            Version: 1,
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}
