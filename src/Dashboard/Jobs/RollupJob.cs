using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>
/// Rolls samples up: minutes to hours, hours to days. Each chunk of minutes says itself whether it is due, so samples that come late (an agent that was
/// away) are rolled up again, and after an outage of the dashboard the job goes on where it was.
/// </summary>
internal sealed class RollupJob(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider) : IJob
{
    private const int ChunksAtOnce = 500;

    public string Name => "roll-up";

    /// <summary>A few minutes after the hour, when its last minute is stored, and twice more for what came late.</summary>
    public string Schedule => "4,24,44 * * * *";

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var thisHour = Grains.UnitOf(SampleGrain.Hour, timeProvider.GetUtcNow().UtcDateTime);
        var total = 0;
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var rolled = await SampleChunks.RollUpAsync(context, thisHour, ChunksAtOnce, cancellationToken);
            total += rolled;
            if (rolled < ChunksAtOnce)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Rolled up the minutes of {total} hours.");
            }
        }
    }
}
