using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Tests.Fleet;

/// <summary>The columns of the grid as they stand in an address.</summary>
public sealed class FleetColumnsTests
{
    [Fact]
    public void All_HasEveryColumnOnce_AndBeginsWithStateServerAndCause()
    {
        Assert.Equal(Enum.GetValues<FleetColumn>(), FleetColumns.All.Select(column => column.Column).Order());
        Assert.Equal([FleetColumn.State, FleetColumn.Server, FleetColumn.Cause], FleetColumns.Default.Shown.Take(3).Select(shown => shown.Column));
    }

    [Fact]
    public void Parse_WhatToStringWrote_IsTheSame()
    {
        var columns = FleetColumns.Default.With(FleetColumn.LastGoodSync, true).With(FleetColumn.Strip, false).Move(FleetColumn.Drift, -9).Resize(FleetColumn.Cause, 300);

        Assert.Equal(columns, FleetColumns.Parse(columns.ToString()));
        Assert.Equal("drift.state.server.cause-300.lastSync.lastGoodSync.updates.pool.site", columns.ToString());
    }

    [Fact]
    public void ToString_EveryColumnAtItsWidest_FitsIntoAnAddress()
    {
        var columns = FleetColumns.All.Aggregate(FleetColumns.Default, (all, column) => all.With(column.Column, true).Resize(column.Column, FleetColumns.MaximumWidthPixels));

        Assert.InRange(columns.ToString().Length, 1, FleetColumns.MaximumTextLength);
        Assert.Equal(Uri.EscapeDataString(columns.ToString()), columns.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("state.cause")]
    [InlineData("server.server")]
    [InlineData("server.weather")]
    [InlineData("Server")]
    [InlineData("1.server")]
    [InlineData("server-39")]
    [InlineData("server-801")]
    [InlineData("server-+50")]
    [InlineData("server-")]
    [InlineData("server.")]
    [InlineData("server-90-90")]
    public void Parse_AnythingElse_IsNull(string text) => Assert.Null(FleetColumns.Parse(text));

    [Fact]
    public void Parse_LongerThanEveryColumn_IsNull() => Assert.Null(FleetColumns.Parse("server" + new string('.', FleetColumns.MaximumTextLength)));

    [Fact]
    public void With_TheServersName_CannotBeTakenAway()
    {
        Assert.Same(FleetColumns.Default, FleetColumns.Default.With(FleetColumn.Server, false));
        Assert.False(FleetColumns.Default.With(FleetColumn.Pool, false).Has(FleetColumn.Pool));
        Assert.Equal(FleetColumns.Default, FleetColumns.Default.With(FleetColumn.Pool, false).With(FleetColumn.Pool, true));
    }

    [Fact]
    public void Resize_BeyondTheLimits_IsBroughtBack()
    {
        Assert.Equal(FleetColumns.MinimumWidthPixels, FleetColumns.Default.Resize(FleetColumn.Pool, -5).WidthOf(FleetColumn.Pool));
        Assert.Equal(FleetColumns.MaximumWidthPixels, FleetColumns.Default.Resize(FleetColumn.Pool, int.MaxValue).WidthOf(FleetColumn.Pool));
        Assert.Null(FleetColumns.Default.WidthOf(FleetColumn.Cause));
    }
}
