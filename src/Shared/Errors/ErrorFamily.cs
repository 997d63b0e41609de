namespace WsusDashboard.Shared.Errors;

/// <summary>Whose error a number is.</summary>
public enum ErrorFamily
{
    Other = 0,

    /// <summary>The Windows Update Agent (0x8024…, wuerror.h).</summary>
    WindowsUpdate = 1,

    /// <summary>WSUS itself: its events and the names of its SynchronizationError.</summary>
    Wsus = 2,

    /// <summary>Status messages of Configuration Manager's WSUS parts.</summary>
    ConfigMgr = 3,

    /// <summary>Windows (Win32 numbers, also as 0x8007…; NTSTATUS).</summary>
    Windows = 4,

    /// <summary>WinHTTP and WinINet (12000 to 12199, also as 0x80072E…).</summary>
    WinHttp = 5,

    /// <summary>TLS, sign-in and keys (0x8009…).</summary>
    Security = 6,

    /// <summary>Certificates and signatures (0x800B…).</summary>
    Trust = 7,

    /// <summary>COM, WMI and RPC (0x8000…, 0x8001…, 0x8004…).</summary>
    Com = 8,

    /// <summary>The Background Intelligent Transfer Service (0x80200…).</summary>
    Bits = 9,

    /// <summary>.NET (0x8013…, and the names of WebExceptionStatus).</summary>
    DotNet = 10,

    /// <summary>HTTP status codes, also as 0x8019….</summary>
    Http = 11,

    /// <summary>HTTP status codes of IIS with a second number ("403.4").</summary>
    Iis = 12,

    /// <summary>Reasons in the HTTPERR log, for requests that never reached a pool.</summary>
    HttpErr = 13,

    /// <summary>Messages of SQL Server.</summary>
    SqlServer = 14,

    /// <summary>SQLSTATE of ODBC.</summary>
    Odbc = 15,
}

/// <summary>How families are called.</summary>
public static class ErrorFamilies
{
    /// <summary>As it stands before "error": "Windows Update", ".NET".</summary>
    public static string NameOf(ErrorFamily family) => family switch
    {
        ErrorFamily.WindowsUpdate => "Windows Update",
        ErrorFamily.Wsus => "WSUS",
        ErrorFamily.ConfigMgr => "Configuration Manager",
        ErrorFamily.Windows => "Windows",
        ErrorFamily.WinHttp => "WinHTTP",
        ErrorFamily.Security => "Windows security",
        ErrorFamily.Trust => "certificate",
        ErrorFamily.Com => "COM",
        ErrorFamily.Bits => "BITS",
        ErrorFamily.DotNet => ".NET",
        ErrorFamily.Http => "HTTP",
        ErrorFamily.Iis => "IIS",
        ErrorFamily.HttpErr => "HTTP.sys",
        ErrorFamily.SqlServer => "SQL Server",
        ErrorFamily.Odbc => "ODBC",
        _ => "",
    };
}
