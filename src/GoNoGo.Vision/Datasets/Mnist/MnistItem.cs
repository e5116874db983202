using System.Globalization;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Mnist;

/// <summary>One picture of an idx file, named <c>train/3/000123</c> by half, digit and place in the file.</summary>
internal sealed class MnistItem(MnistPart part, string half, int index, bool isDefective) : DatasetItem
{
    public override string RelativePath { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{half}/{part.Labels[index]}/{index:D6}");

    public override bool IsDefective => isDefective;

    public override string DefectKind =>
        isDefective ? part.Labels[index].ToString(CultureInfo.InvariantCulture) : GoodKind;

    public override bool HasMask => false;

    public override PictureFormat Identify() => new(part.Columns, part.Rows, 1, 8);

    public override Image LoadImage() => part.Picture(index);

    public override Image? LoadMask() => null;
}
