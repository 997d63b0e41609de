using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Tests.Installation;

public sealed class AccountNameTests
{
    [Theory]
    [InlineData(@".\wsus", @"SUP01\wsus")]
    [InlineData(@"CORP\wsus", @"CORP\wsus")]
    [InlineData(@"CORP\wsus$", @"CORP\wsus$")]
    [InlineData("wsus@corp.example", "wsus@corp.example")]
    [InlineData(".wsus", ".wsus")]
    public void ForLookup_DotForThisComputer_IsItsName(string account, string expected) => Assert.Equal(expected, AccountName.ForLookup(account, "SUP01"));
}
