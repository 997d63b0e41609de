using System.Globalization;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Probing;

/// <summary>What an answer means for a client; a higher number is a worse one.</summary>
public enum AnswerClass
{
    /// <summary>Nobody asked.</summary>
    NotAsked = 0,

    /// <summary>HTTP 2xx.</summary>
    Answered = 1,

    /// <summary>401 or 403: IIS answers, and on many servers that is the usual answer to a question without a login.</summary>
    Refused = 2,

    /// <summary>Nothing of WSUS is at that address: 404, a redirect, another 4xx.</summary>
    Misplaced = 3,

    /// <summary>500 and other 5xx.</summary>
    Failed = 4,

    /// <summary>503: the pool is stopped, or its queue is full.</summary>
    Unavailable = 5,

    /// <summary>No answer that a client could use: see <see cref="ProbeFailure"/>.</summary>
    NoAnswer = 6,
}

/// <summary>Why there was no answer that a client could use.</summary>
public enum ProbeFailure
{
    None = 0,

    /// <summary>Not within the deadline.</summary>
    TimedOut = 1,

    /// <summary>The name is not known.</summary>
    NameNotResolved = 2,

    /// <summary>Nobody listens there, or the network does not lead there.</summary>
    NotConnected = 3,

    /// <summary>The connection was reset or ended in the middle.</summary>
    Interrupted = 4,

    /// <summary>No TLS connection came about.</summary>
    TlsFailed = 5,

    /// <summary>It answered, but its certificate has expired or is not valid yet: clients end the connection there.</summary>
    CertificateInvalid = 6,

    /// <summary>What came was no HTTP.</summary>
    NotUnderstood = 7,
}

/// <summary>What is wrong with a certificate for whoever asks for that name.</summary>
public enum CertificateProblem
{
    None = 0,

    /// <summary>It is not made for the name that was asked for.</summary>
    WrongName = 1,

    /// <summary>The computer that asked does not trust its issuer, as far as that can be told without fetching anything.</summary>
    NotTrusted = 2,

    NotYetValid = 3,

    Expired = 4,
}

/// <summary>The certificate that a TLS port showed.</summary>
/// <param name="NotAfter">UTC time at which it ends.</param>
/// <param name="Problem">The worst that is wrong with it.</param>
public sealed record ProbeCertificate(DateTimeOffset NotAfter, CertificateProblem Problem);

/// <summary>What came of one question.</summary>
public sealed record ProbeAnswer
{
    /// <summary>Longest <see cref="Detail"/>, in characters; what is longer is cut.</summary>
    public const int MaximumDetailLength = 300;

    /// <summary>HTTP status; null where none came.</summary>
    public int? Status { get; init; }

    /// <summary>The number that IIS adds in its own error pages, for example the 19 of 500.19; null where it told none.</summary>
    public int? SubStatus { get; init; }

    /// <summary>The error code of IIS's error page, for example "0x8007007E"; empty where it told none.</summary>
    public string ErrorCode { get; init; } = "";

    public ProbeFailure Failure { get; init; }

    /// <summary>The raw error of a failure, empty where there is none.</summary>
    public string Detail { get; init; } = "";

    /// <summary>From the attempt to connect to the end of the answer, or to the failure.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Null without TLS.</summary>
    public ProbeCertificate? Certificate { get; init; }

    public AnswerClass Class => Failure is not ProbeFailure.None ? AnswerClass.NoAnswer : Status switch
    {
        null => AnswerClass.NoAnswer,
        >= 200 and < 300 => AnswerClass.Answered,
        401 or 403 => AnswerClass.Refused,
        503 => AnswerClass.Unavailable,
        >= 500 => AnswerClass.Failed,
        _ => AnswerClass.Misplaced,
    };

    /// <summary>In a word or two: "503", "500.19", "no answer in time".</summary>
    public string Words => Failure switch
    {
        ProbeFailure.TimedOut => "no answer in time",
        ProbeFailure.NameNotResolved => "a name resolution error",
        ProbeFailure.NotConnected => "no connection",
        ProbeFailure.Interrupted => "a dropped connection",
        ProbeFailure.TlsFailed => "no TLS connection",
        ProbeFailure.CertificateInvalid => Certificate?.Problem is CertificateProblem.NotYetValid ? "a certificate that isn't valid yet" : "an expired certificate",
        ProbeFailure.NotUnderstood => "an answer that isn't HTTP",
        _ => Status is { } status ? string.Create(CultureInfo.InvariantCulture, $"{status}{(SubStatus is { } sub ? $".{sub}" : "")}") : "no answer",
    };

    /// <summary>The words with all that is known beside them, for evidence: "500.19 (0x8007007E) after 12 ms".</summary>
    public string Describe()
    {
        var beside = ErrorCode.Length > 0 ? ErrorCode : Detail;

        return $"{Words}{(beside.Length > 0 ? $" ({beside})" : "")} after {Wording.Duration(Duration)}";
    }
}
