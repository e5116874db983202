using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets;

/// <summary>A picture in a file of its own, with a mask in another file or none.</summary>
internal sealed class FileItem(string root, string relativePath, string kind, string? maskPath) : DatasetItem
{
    public override string RelativePath => relativePath;

    public override bool IsDefective => kind != GoodKind;

    public override string DefectKind => kind;

    public override bool HasMask => maskPath is not null;

    public override string? MaskPath => maskPath;

    public override string? FilePath => Path.Combine(root, relativePath);

    public override PictureFormat Identify()
    {
        ImageInfo info = ImageDecoder.Identify(FilePath!);
        return new PictureFormat(info.Width, info.Height, info.Channels, info.BitDepth);
    }

    public override Image LoadImage() => ImageDecoder.Load(FilePath!);

    public override Image? LoadMask() =>
        maskPath is null ? null : MaskFile.Load(Path.Combine(root, maskPath), FilePath!, Identify());
}
