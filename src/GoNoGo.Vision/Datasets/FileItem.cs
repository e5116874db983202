using GoNoGo.Vision.Datasets.Listing;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets;

/// <summary>A picture in a file of its own, with a mask in another file or none.</summary>
internal sealed class FileItem(ListedFile file, string kind, string? maskPath) : DatasetItem
{
    /// <summary>Where it lies.</summary>
    public ListedFile File => file;

    public override string RelativePath => file.RelativePath;

    public override bool IsDefective => kind != GoodKind;

    public override string DefectKind => kind;

    public override bool HasMask => maskPath is not null;

    public override string? MaskPath => maskPath;

    public override string? FilePath => file.FullPath;

    public override PictureFormat Identify()
    {
        ImageInfo info = PictureFile.Read(FilePath!, static path => ImageDecoder.Identify(path));
        return new PictureFormat(info.Width, info.Height, info.Channels, info.BitDepth) { Orientation = info.Orientation, Pages = info.Pages };
    }

    public override Image LoadImage() => PictureFile.Read(FilePath!, static path => ImageDecoder.Load(path));

    public override Image LoadImage(ImageDecoderOptions options) => PictureFile.Read(FilePath!, path => ImageDecoder.Load(path, options));

    public override Image? LoadMask() =>
        maskPath is null ? null : MaskFile.Load(Path.Combine(file.Folder.Root, maskPath), FilePath!, Identify());
}
