using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>Counts the statements that EF Core sends in this process, by its own diagnostic events.</summary>
internal sealed class SqlStatements : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly List<IDisposable> _subscriptions = [];
    private int _all;
    private int _reads;

    private SqlStatements() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public static SqlStatements Count() => new();

    /// <summary>Since the last call.</summary>
    public (int All, int Reads) Take() => (Interlocked.Exchange(ref _all, 0), Interlocked.Exchange(ref _reads, 0));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            _subscriptions.Add(value.Subscribe(this, name => name == RelationalEventId.CommandExecuting.Name));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is CommandEventData command)
        {
            Interlocked.Increment(ref _all);
            if (command.Command.CommandText.StartsWith("SELECT", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _reads);
            }
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
}
