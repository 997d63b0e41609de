using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>A command that writes a list, with -First, -Skip and -IncludeTotalCount. Over all that comes through the pipeline, they count once.</summary>
public abstract class ListCmdlet : DashboardCmdlet
{
    private ulong _skip;
    private ulong _first;

    /// <summary>Reads the paging.</summary>
    protected override void BeginProcessing()
    {
        (_skip, _first) = PagingParameters is { } paging ? (paging.Skip, paging.First) : (0, ulong.MaxValue);
        base.BeginProcessing();
    }

    /// <summary>Writes rows of the API; the dashboard counts and skips.</summary>
    private protected void WriteRows<T>(string path, ApiQuery query, Func<JsonValue, T> convert)
    {
        var skipped = 0UL;
        foreach (var row in PagedList.Read(Dashboard, path, query, _skip, _first, total => skipped = Begin(total, 1), Cancellation))
        {
            _first -= _first == ulong.MaxValue ? 0UL : 1UL;
            WriteObject(convert(row));
        }

        _skip -= skipped;
    }

    /// <summary>Writes rows that were chosen here, so how many there are isn't known before.</summary>
    private protected void WriteChosen(IEnumerable<JsonValue> rows, Func<JsonValue, object> convert)
    {
        TellTotal(0, 0);
        foreach (var row in rows)
        {
            if (_first == 0)
            {
                return;
            }

            if (_skip > 0)
            {
                _skip--;
                continue;
            }

            _first -= _first == ulong.MaxValue ? 0UL : 1UL;
            WriteObject(convert(row));
        }
    }

    private ulong Begin(ulong total, double accuracy)
    {
        TellTotal(total, accuracy);
        return Math.Min(_skip, total);
    }

    private void TellTotal(ulong total, double accuracy)
    {
        if (PagingParameters is { IncludeTotalCount.IsPresent: true } paging)
        {
            WriteObject(paging.NewTotalCount(total, accuracy));
        }
    }
}
