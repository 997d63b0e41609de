using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Windows;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>The lines of a log as they go over the wire.</summary>
internal sealed class LogStream(LogReader logs)
{
    /// <exception cref="CommandException">NotFound where there is no such file, Unavailable where it cannot be read.</exception>
    public async IAsyncEnumerable<Wire.LogLine> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = logs.ReadAsync(FindFile(query.Name), query.TailLines, query.Follow, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (lines)
        {
            while (await MoveNextAsync(lines, query.Name))
            {
                var line = lines.Current;
                yield return new Wire.LogLine
                {
                    At = line.At is { } at ? Timestamp.FromDateTimeOffset(at) : null,
                    Component = line.Component,
                    Severity = line.Severity,
                    Text = line.Text,
                };
            }
        }
    }

    private string FindFile(string name)
    {
        try
        {
            return logs.FindFile(name) ?? throw new CommandException(CommandFailure.NotFound, $"Log {name} isn't on this server: Configuration Manager isn't installed here.");
        }
        catch (EdgeException exception)
        {
            throw new CommandException(CommandFailure.Unavailable, exception.Message, exception);
        }
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<LogLine> lines, string name)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(CommandFailure.NotFound, $"Log {name} doesn't exist on this server.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(CommandFailure.Unavailable, $"Log {name} can't be read right now: {exception.Message}", exception);
        }
    }
}
