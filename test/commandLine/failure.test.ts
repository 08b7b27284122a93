import assert from "node:assert/strict";
import { Failure, failureOf } from "../../cli/failure";

const SIGN_IN = "Choose other credentials with --profile, or sign in again: aws sso login";
const NO_PERMISSION = "Give it to your user or role; docs/command-line.md has the policies for a reader and an operator.";
const AGAIN = "Wait some minutes. Then run the command again.";
const PUT_BACK = "Put it back with pulumi refresh, and then pulumi up.";
const WRONG_CLOCK = new Failure(
    "AWS refused a request, because the clock of this computer is wrong.",
    "Set the clock: w32tm /resync on Windows, or timedatectl set-ntp true on Linux.",
);
const THROTTLED = new Failure("AWS throttled the requests for longer than vss-backup waits.", AGAIN);

/** Each error of AWS, of the SDK or of Node, and its explanation. */
const EXPLAINED: readonly (readonly [name: string, message: string, expected: Failure])[] = [
    [
        "UnauthorizedOperation",
        "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/x is not authorized to perform: ec2:CreateTags on resource: arn:aws:ec2:eu-central-1::snapshot/* because no identity-based policy allows the ec2:CreateTags action. Encoded authorization failure message: AAbb11",
        new Failure("AWS denied a request: the permission ec2:CreateTags is missing.", NO_PERMISSION, 1, "ec2:CreateTags"),
    ],
    [
        "UnauthorizedOperation",
        "You are not authorized to perform this operation. Encoded authorization failure message: AAbb11",
        new Failure("AWS denied a request: You are not authorized to perform this operation.", NO_PERMISSION),
    ],
    [
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/y",
        new Failure("AWS denied a request: the permission sts:AssumeRole is missing.", NO_PERMISSION, 1, "sts:AssumeRole"),
    ],
    ["ExpiredTokenException", "expired", new Failure("The AWS credentials have expired.", SIGN_IN)],
    ["RequestExpired", "Request has expired.", new Failure("The AWS credentials have expired.", SIGN_IN)],
    [
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        new Failure("AWS does not accept the credentials.", `If they are right, the region is not enabled for the account. ${SIGN_IN}`),
    ],
    [
        "OptInRequired",
        "You are not subscribed to this service.",
        new Failure(
            "The account cannot use this service in this region.",
            "Check --region, or enable the region in the account's settings.",
        ),
    ],
    ["SignatureDoesNotMatch", "Signature expired: 20270305T060000Z is now earlier than 20270305T065500Z", WRONG_CLOCK],
    ["InvalidSignatureException", "Signature not yet current: 20270305T090000Z", WRONG_CLOCK],
    ["CredentialsProviderError", "Could not load it", new Failure("There are no AWS credentials: Could not load it", SIGN_IN)],
    ["Error", "Region is missing", new Failure("No AWS region is set.", "Add --region eu-central-1, or set AWS_REGION.")],
    [
        "Error",
        'Region not accepted: region="eu central 1" is not a valid hostname component.',
        new Failure("This is no AWS region: eu central 1.", "Give one such as eu-central-1."),
    ],
    ["RequestLimitExceeded", "Request limit exceeded.", THROTTLED],
    ["ThrottlingException", "Rate exceeded", THROTTLED],
    ["TooManyRequestsException", "Rate exceeded", THROTTLED],
    [
        "UnreadableAnswer",
        "it has no list of Snapshots",
        new Failure(
            "AWS gave a response that cannot be read: it has no list of Snapshots",
            "Check the network and the proxy. Then run the command again.",
        ),
    ],
    [
        "InternalError",
        "An internal error has occurred",
        new Failure("AWS failed: InternalError: An internal error has occurred", `${AGAIN} AWS reports outages at health.aws.amazon.com.`),
    ],
    [
        "Error",
        "getaddrinfo ENOTFOUND ssm.eu-central-9.amazonaws.com",
        new Failure(
            "AWS does not respond: getaddrinfo ENOTFOUND ssm.eu-central-9.amazonaws.com",
            "Check the network, the proxy and the region. Then run the command again.",
        ),
    ],
    [
        "DoesNotExistException",
        "Maintenance window mw-1 does not exist",
        new Failure("A part of the policy does not exist: Maintenance window mw-1 does not exist", PUT_BACK),
    ],
    [
        "ResourceNotFoundException",
        "Function not found: x",
        new Failure("A part of the policy does not exist: Function not found: x", PUT_BACK),
    ],
    ["NotFoundException", "Topic does not exist", new Failure("A part of the policy does not exist: Topic does not exist", PUT_BACK)],
    ["AbortError", "Request aborted", new Failure("The command was interrupted.", undefined, 130)],
    [
        "TypeError",
        "a\u001b[31m\nb",
        new Failure("TypeError: a [31m b", "Run the command again. If that does not help, report it with this text."),
    ],
];

describe("An error", () => {
    for (const [name, message, expected] of EXPLAINED) {
        it(`of ${name}, ${JSON.stringify(message.slice(0, 40))}, becomes one sentence with its cure`, () => {
            assert.deepEqual(failureOf(Object.assign(new Error(message), { name })), expected);
        });
    }

    it("of the command line stays as it is", () => {
        const failure = new Failure("It failed.", "Try again.");
        assert.equal(failureOf(failure), failure);
    });
});
