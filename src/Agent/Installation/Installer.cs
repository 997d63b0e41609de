using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Installation;

/// <summary>How an installation or a removal ended.</summary>
public enum InstallationResult
{
    /// <summary>All is as it was asked for.</summary>
    Done = 0,

    /// <summary>A step failed; the server is as it was before.</summary>
    Undone = 1,

    /// <summary>A step failed, and what was done before it could not wholly be undone; the log says what is left.</summary>
    PartlyUndone = 2,
}

/// <summary>Carries steps out in order. Where one fails, those before it are undone, the last one first.</summary>
internal sealed class Installer(InstallationRunner carrier, InstallationLog log)
{
    public async Task<InstallationResult> RunAsync(IReadOnlyList<InstallationStep> steps, CancellationToken cancellationToken)
    {
        var done = new Stack<(InstallationStep Step, StepChange Change)>();
        foreach (var step in steps)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                var change = await carrier.CarryOutAsync(step, cancellationToken);
                await log.SayAsync($"{step.Describe()}: {change.Said}.");
                done.Push((step, change));
            }
            catch (Exception exception) when (IsExpected(exception))
            {
                await log.FailAsync($"{step.Describe()}: failed. {exception.Message}");
                return await UndoAsync(done);
            }
        }

        return InstallationResult.Done;
    }

    private async Task<InstallationResult> UndoAsync(Stack<(InstallationStep Step, StepChange Change)> done)
    {
        var result = InstallationResult.Undone;
        foreach (var (step, change) in done.Where(entry => entry.Change.HasChanged))
        {
            try
            {
                await change.UndoAsync!();
                await log.SayAsync($"{step.Describe()}: undone.");
            }
            catch (Exception exception) when (IsExpected(exception))
            {
                await log.FailAsync($"{step.Describe()}: couldn't be undone. {exception.Message}");
                result = InstallationResult.PartlyUndone;
            }
        }

        return result;
    }

    private static bool IsExpected(Exception exception) =>
        exception is EdgeException or IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException;
}
