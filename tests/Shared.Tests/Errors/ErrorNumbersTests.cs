using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

public sealed class ErrorNumbersTests
{
    [Theory]
    [InlineData(407, "HTTP 407: the proxy asks for a user name and password")]
    [InlineData(0x80072EFE, "0x80072EFE: the connection was cut by the other side or on the way")]
    [InlineData(-2147012866, "0x80072EFE: the connection was cut by the other side or on the way")]
    [InlineData(0x80190197, "0x80190197: the proxy asks for a user name and password")]
    public void Describe_KnownNumber_SaysItInWords(long code, string expected) => Assert.Equal(expected, ErrorNumbers.Describe(code));

    [Theory]
    [InlineData(0)]
    [InlineData(299)]
    [InlineData(0x80123456)]
    public void Describe_UnknownNumber_SaysNothing(long code) => Assert.Null(ErrorNumbers.Describe(code));

    [Theory]
    [InlineData(6704, "6704, in progress: WSUS is getting updates from its source")]
    [InlineData(6799, "6799")]
    public void DescribeState_Number_SaysWhatIsKnown(int state, string expected) => Assert.Equal(expected, ErrorNumbers.DescribeState(state));
}
