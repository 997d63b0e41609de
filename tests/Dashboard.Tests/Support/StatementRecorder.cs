using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>The statements that are sent to a database.</summary>
internal sealed class StatementRecorder : DbCommandInterceptor
{
    private readonly ConcurrentQueue<string> _statements = new();

    public IReadOnlyList<string> All => [.. _statements];

    public void Clear() => _statements.Clear();

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        _statements.Enqueue(result.CommandText);
        return result;
    }
}
