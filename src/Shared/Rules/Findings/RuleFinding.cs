namespace WsusDashboard.Shared.Rules.Findings;

/// <summary>A finding, and how a sentence about the server's health goes on with it.</summary>
/// <param name="Finding">What is shown.</param>
/// <param name="Because">What comes after "because", without a full stop; null where the finding is no cause.</param>
/// <param name="Effect">What comes before "because" where synchronizations are not what suffers.</param>
internal sealed record RuleFinding(Finding Finding, string? Because = null, string? Effect = null);

/// <summary>The order of findings of the same severity: how directly the evidence names a cause.</summary>
internal static class Weights
{
    public const int Unreachable = 200;
    public const int ConfigurationDamaged = 180;

    /// <summary>What is down now explains why nothing works now; the reason why it is down comes before it.</summary>
    public const int ReasonOfStoppedPool = 160;
    public const int PoolMissing = 155;
    public const int WebServerStopped = 150;
    public const int RapidFail = 145;
    public const int CompressionLibrary = 142;
    public const int PoolStopped = 140;
    public const int WsusServiceStopped = 135;

    /// <summary>The error of the synchronization itself names it.</summary>
    public const int NamedByError = 120;
    public const int SmsExecutiveStopped = 115;
    public const int MemoryLimit = 110;
    public const int AddressSpace = 108;
    public const int WorkerDies = 105;
    public const int QueueFull = 100;
    public const int WebServiceUnavailable = 95;
    public const int FellIntoSync = 90;

    public const int Symptom = 60;
    public const int OtherService = 45;
    public const int Drift = 40;
    public const int Reading = 30;
    public const int UnknownCause = 20;
}

/// <summary>Where the rules' knowledge comes from.</summary>
internal static class Sources
{
    public const string Guide = "WSUS and Configuration Manager repair guide";
    public const string BestPractices = "Microsoft, WSUS best practices (KB 4490414)";
    public const string CompressionLibrary = "docs.lextudio.com, IIS 7 and WSUS on Windows Server x64";
    public const string RapidFail = "Microsoft, event 5002 of Microsoft-Windows-WAS";
    public const string WorkerEnded = "Microsoft, event 5009 of Microsoft-Windows-WAS";
    public const string Troubleshooting = "Microsoft, troubleshooting software update synchronization";
    public const string ConnectionFailures = "Microsoft, troubleshooting WSUS connection failures";
    public const string Product = "WsusDashboard";
}
