using System.Diagnostics;
using System.Runtime.Versioning;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>Events under the source that "install" registers: the name under which the host of .NET writes too.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsEventLogWriter : IEventLogWriter
{
    private static readonly string Source = typeof(WindowsEventLogWriter).Assembly.GetName().Name!;

    public Task WriteAsync(EventLogRecord record, CancellationToken cancellationToken) => WindowsFailures.CallAsync(
        "The Application event log couldn't be written",
        () =>
        {
            EventLog.WriteEntry(Source, record.Text, record.IsWarning ? EventLogEntryType.Warning : EventLogEntryType.Information, record.EventId);
            return true;
        },
        cancellationToken);
}
