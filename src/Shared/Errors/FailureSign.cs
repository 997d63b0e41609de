namespace WsusDashboard.Shared.Errors;

/// <summary>What an error says happened, whatever language, number or exception says it. Several can stand in one text.</summary>
[Flags]
public enum FailureSign
{
    None = 0,

    /// <summary>The other side's name couldn't be resolved.</summary>
    NameResolution = 1 << 0,

    /// <summary>Nobody listens there, or a firewall refuses.</summary>
    ConnectionRefused = 1 << 1,

    /// <summary>An open connection was cut by the other side or on the way.</summary>
    ConnectionReset = 1 << 2,

    /// <summary>The other side didn't answer in time.</summary>
    TimedOut = 1 << 3,

    /// <summary>The other side's certificate isn't trusted, has expired or has another name.</summary>
    Untrusted = 1 << 4,

    /// <summary>The two sides have no TLS version or cipher in common.</summary>
    NoCommonTls = 1 << 5,

    /// <summary>A volume, or a database's file, is full.</summary>
    DiskFull = 1 << 6,

    /// <summary>Windows refuses access to an object (error 5); not an HTTP status.</summary>
    AccessDenied = 1 << 7,

    Http401 = 1 << 8,
    Http403 = 1 << 9,
    Http404 = 1 << 10,
    Http407 = 1 << 11,
    Http500 = 1 << 12,
    Http502 = 1 << 13,
    Http503 = 1 << 14,

    /// <summary>No memory is left.</summary>
    OutOfMemory = 1 << 15,

    /// <summary>The database couldn't be opened or answered with a fault.</summary>
    Database = 1 << 16,

    /// <summary>No route leads to the other side's network or computer.</summary>
    Unreachable = 1 << 17,

    /// <summary>TLS couldn't be set up, and this part of the text doesn't say why: versions, ciphers, a certificate, or something on the way.</summary>
    SecureChannel = 1 << 18,

    Http400 = 1 << 19,
    Http408 = 1 << 20,
    Http504 = 1 << 21,
}
